import { isObject, type Json, type JsonObject } from "../../../local/google-apis/engine/json.ts";
import { type StandIn, type StandInOptions, startStandIn } from "../../../local/google-apis/stand-in.ts";

export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  /** Of an error: its message. */
  readonly message: string;
}

/** Sends a request; `token` undefined means the projects' owner, an empty one nobody. */
export type Ask = (verb: string, path: string, body?: Json, token?: string) => Promise<Answer>;

export const dev = { projectId: "imgstream-dev", projectNumber: "100000000001" };
export const owner = "user:owner@example.com";

const apis = [
  "artifactregistry",
  "cloudscheduler",
  "compute",
  "iam",
  "iamcredentials",
  "iap",
  "pubsub",
  "redis",
  "run",
  "secretmanager",
  "storagetransfer",
].map((name) => `${name}.googleapis.com`);

/** A stand-in with one project, whose APIs are enabled, and a function that asks it. */
export async function openStandIn(
  options: Partial<StandInOptions> = {},
): Promise<{ readonly standIn: StandIn; readonly ask: Ask }> {
  const standIn = await startStandIn({ projects: [dev], owner, ...options });
  const ask: Ask = async (verb, path, body, token = standIn.ownerToken) => {
    const response = await fetch(standIn.origin + path, {
      method: verb,
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const reply: Json = text === "" ? {} : readJson(text);
    const error = isObject(reply) && isObject(reply["error"]) ? reply["error"] : {};
    const message = typeof error["message"] === "string" ? error["message"] : "";
    return { status: response.status, body: isObject(reply) ? reply : {}, message };
  };
  for (const { projectId } of standIn.world.projects.all()) {
    await ask("POST", `/serviceusage/v1/projects/${projectId}/services:batchEnable`, { serviceIds: apis });
  }
  return { standIn, ask };
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return { error: { message: text } };
  }
}
