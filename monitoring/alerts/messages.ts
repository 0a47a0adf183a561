import type { Alert } from "../alert.ts";
import { waitingMessages } from "../google-metrics.ts";
import { anyOf } from "../promql.ts";
import type { Watched } from "../watched.ts";

/** Events on their way to the worker and the warehouse. */
export function messageAlerts({ deadLetter, subscriptions }: Watched): readonly Alert[] {
  const dead = waitingMessages("num_undelivered_messages", deadLetter.subscriptionName);
  const age = waitingMessages("oldest_unacked_message_age", anyOf(subscriptions.map(({ name }) => name)));
  return [
    {
      id: "dead-letters",
      title: "Messages could not be delivered",
      urgency: "urgent",
      meaning:
        "A message failed on every attempt and was put aside: an uploaded HEIC is not shown, or the warehouse misses a row, until somebody looks.",
      conditions: [
        { kind: "promql", title: "At least one dead letter", query: `sum(${dead}) > 0`, forMinutes: 5 },
      ],
    },
    {
      id: "old-messages",
      title: "Messages wait too long",
      urgency: "urgent",
      meaning:
        "A message has waited for more than ten minutes: photos stay in processing, or the warehouse is behind.",
      conditions: [
        {
          kind: "promql",
          title: "Oldest message above 10 minutes",
          query: `max by (subscription_id) (${age}) > 600`,
          forMinutes: 5,
        },
      ],
    },
  ];
}
