import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json, mapTexts, textAt } from "../../../local/google-apis/engine/json.ts";
import type { Project } from "../../../local/google-apis/engine/projects.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import type { Resource } from "../../../local/google-apis/engine/state.ts";
import { type Ask, openStandIn } from "./caller.ts";

export interface RecordedCall {
  readonly verb: string;
  readonly path: string;
  readonly body: Json;
  readonly status: number;
  /** What the server called the thing, where it chose. */
  readonly name: string;
}

export interface RecordedRun {
  readonly name: string;
  readonly project: Project;
  /** Notification channels that were there before, made by hand. */
  readonly channels: readonly string[];
  readonly calls: readonly RecordedCall[];
}

const file = join(import.meta.dirname, "fixtures/recorded-calls.json");

/** What the real provider sent when it applied every type, and the whole unit of production: see record-calls.ts. */
export function readRecordedRuns(): readonly RecordedRun[] {
  return JSON.parse(readFileSync(file, "utf8"));
}

export function handmadeChannel(name: string): Resource {
  const body = { name, type: "pagerduty", displayName: "Made by hand", labels: { service_key: "hidden" } };
  return { api: "monitoring", collection: "monitoring.projects.notificationChannels", name, body };
}

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
async function makeAgents(ask: Ask, { projectId }: Project): Promise<void> {
  for (const service of ["iap", "pubsub"]) {
    const name = `projects/${projectId}/services/${service}.googleapis.com`;
    await ask("POST", `/serviceusage/v1beta1/${name}:generateServiceIdentity`, {});
  }
  await ask("GET", `/storage/v1/projects/${projectId}/serviceAccount`);
  await ask("GET", `/storagetransfer/v1/googleServiceAccounts/${projectId}`);
}

export interface Replayed {
  readonly standIn: StandIn;
  readonly ask: Ask;
  /** The calls as they were sent, with the names that the server chose this time. */
  readonly sent: readonly RecordedCall[];
  /** What was answered otherwise than when it was recorded. */
  readonly faults: readonly string[];
}

/** Sends the calls of a run again, to a new stand-in. */
export async function replay({ project, channels, calls }: RecordedRun): Promise<Replayed> {
  const { standIn, ask } = await openStandIn({ projects: [project] });
  for (const name of channels) standIn.world.state.put(handmadeChannel(name));
  await makeAgents(ask, project);
  const renamed = new Map<string, string>();
  const rename = (text: string): string =>
    [...renamed].reduce((result, [before, now]) => result.replaceAll(before, now), text);
  const sent: RecordedCall[] = [];
  const faults: string[] = [];
  for (const call of calls) {
    const now = { ...call, path: rename(call.path), body: mapTexts(withoutTags(call.body), rename) };
    const answer = await ask(now.verb, now.path, now.body);
    const name = textAt(answer.body, "name");
    if (chosenByServer.test(call.name) && name !== "") renamed.set(call.name, name);
    if (answer.status !== call.status)
      faults.push(`${call.verb} ${now.path}: ${answer.status} ${answer.message}`);
    sent.push(now);
  }
  return { standIn, ask, sent, faults };
}

/** The same call for a resource of another name, so that it is not refused for being there already. */
export function renewed(
  call: RecordedCall,
  body: Json,
  number: number,
): { readonly path: string; readonly body: Json } {
  const path = call.path.replace(/([?&](?!project)\w+Id=[^&]+)/, `$1${number}`);
  const name = textAt(body, "name");
  return { path, body: isObject(body) && name !== "" ? { ...body, name: `${name}${number}` } : body };
}
