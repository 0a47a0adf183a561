import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json, mapTexts, textAt } from "../../../local/google-apis/engine/json.ts";
import type { Ask } from "./caller.ts";

export interface RecordedCall {
  readonly run: string;
  readonly verb: string;
  readonly path: string;
  readonly body: Json;
  readonly status: number;
  readonly name: string;
}

const file = join(import.meta.dirname, "fixtures/recorded-calls.json");

/** What the real provider sent when it applied every type, and the stacks of dev: see record-calls.ts. */
export const recordedCalls: readonly RecordedCall[] = JSON.parse(readFileSync(file, "utf8"));
export const runs = [...new Set(recordedCalls.map(({ run }) => run))];

const chosenByServer =
  /\/(alertPolicies|notificationChannels|uptimeCheckConfigs|dashboards|budgets)\/|^transferJobs\//;

/** Etags and fingerprints belong to the run that was recorded. */
function withoutTags(body: Json): Json {
  if (Array.isArray(body)) return body.map(withoutTags);
  if (!isObject(body)) return body;
  const kept = Object.entries(body).filter(([name]) => name !== "etag" && name !== "fingerprint");
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutTags(part ?? null)]));
}

/** Makes Google's own accounts first, as a bootstrap does. */
async function makeAgents(ask: Ask): Promise<void> {
  for (const service of ["iap", "pubsub"]) {
    const name = `projects/imgstream-dev/services/${service}.googleapis.com`;
    await ask("POST", `/serviceusage/v1beta1/${name}:generateServiceIdentity`, {});
  }
  await ask("GET", "/storage/v1/projects/imgstream-dev/serviceAccount");
  await ask("GET", "/storagetransfer/v1/googleServiceAccounts/imgstream-dev");
}

/**
 * Sends the calls of a run again, with the names that the server chooses this time.
 *
 * @returns the calls as they were sent, and what was answered otherwise than when it was recorded
 */
export async function replay(
  run: string,
  ask: Ask,
): Promise<{ readonly sent: RecordedCall[]; readonly faults: string[] }> {
  await makeAgents(ask);
  const renamed = new Map<string, string>();
  const rename = (text: string): string =>
    [...renamed].reduce((result, [before, now]) => result.replaceAll(before, now), text);
  const sent: RecordedCall[] = [];
  const faults: string[] = [];
  for (const call of recordedCalls.filter((one) => one.run === run)) {
    const now = { ...call, path: rename(call.path), body: mapTexts(withoutTags(call.body), rename) };
    const answer = await ask(now.verb, now.path, now.body);
    const name = textAt(answer.body, "name");
    if (chosenByServer.test(call.name) && name !== "") renamed.set(call.name, name);
    if (answer.status !== call.status)
      faults.push(`${call.verb} ${now.path}: ${answer.status} ${answer.message}`);
    sent.push(now);
  }
  return { sent, faults };
}
