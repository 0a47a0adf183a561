import { type Json, readJsonText } from "../google-apis/engine/json.ts";
import { behind } from "./behind.ts";
import type { Stage } from "./stage.ts";
import type { Reply } from "./visitor.ts";

/** What a reply says; an empty object where it is no JSON. */
export function readJson(reply: Reply): Json {
  return readJsonText(reply.body.toString("utf8"));
}

/** @throws Error that shows the answer, and what the platform knows behind it */
export function expectStatus(stage: Stage, what: string, reply: Reply, status: number): void {
  if (reply.status === status) return;
  throw new Error(
    `${what} was answered ${reply.status} and not ${status}: ${reply.body.toString("utf8").slice(0, 300)}\n${behind(stage)}`,
  );
}
