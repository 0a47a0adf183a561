import type { Alert } from "../alert.ts";
import { storageCalls, storedBytes } from "../google-metrics.ts";
import { anyOf, grown } from "../promql.ts";
import type { Watched } from "../watched.ts";

const gibibyte = 2 ** 30;

/**
 * Answers that the catalog asks for: it reads the entry after the last one to learn that there is none, and
 * creates entries on condition that nobody was faster.
 */
const expected = "OK|NOT_FOUND|FAILED_PRECONDITION|NOT_MODIFIED";

/** The buckets: errors and growth. */
export function storageAlerts({ buckets }: Watched): readonly Alert[] {
  const all = anyOf([buckets.media, buckets.records, buckets.uploads].map(({ name }) => name));
  const calls = storageCalls(all);
  const unexpected = storageCalls(all, { response_code: { unlike: expected } });
  const size = storedBytes(buckets.media.name);
  const by = ["bucket_name"];

  return [
    {
      id: "storage-errors",
      title: "Cloud Storage answers with errors",
      urgency: "urgent",
      meaning:
        "More than 5 % of the calls to one bucket end in an error that the app does not expect: uploads and changes fail or are slow.",
      conditions: [
        {
          kind: "promql",
          title: "Unexpected answers above 5 % over 15 minutes, with more than 50 calls",
          query:
            `${grown(unexpected, "15m", by)} / ${grown(calls, "15m", by)} > 0.05` +
            ` and on (bucket_name) ${grown(calls, "15m", by)} > 50`,
        },
      ],
    },
    {
      id: "storage-growth",
      title: "The photos grow unusually fast",
      urgency: "ticket",
      meaning:
        "The media bucket grew by more than 50 GiB and more than 5 % in a day: a wave of uploads, or something that writes in a loop.",
      conditions: [
        {
          kind: "promql",
          title: "More than 50 GiB and 5 % in a day",
          query:
            `sum(${size}) - sum(${size} offset 1d) > ${50 * gibibyte}` +
            ` and sum(${size}) / sum(${size} offset 1d) > 1.05`,
          forMinutes: 60,
          everySeconds: 600,
        },
      ],
    },
  ];
}
