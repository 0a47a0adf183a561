import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { at, type Json, textAt } from "../../../local/google-apis/engine/json.ts";
import type { Resource } from "../../../local/google-apis/engine/state.ts";
import type { Answer, Ask } from "./caller.ts";
import { type Place, replaceAt } from "./place.ts";
import { type Replayed, readRecordedRuns, renewed, replay } from "./recorded-run.ts";

/** Every text inside a body, by its place. */
function textPlaces(body: Json, place: Place = []): { readonly place: Place; readonly text: string }[] {
  if (typeof body === "string") return [{ place, text: body }];
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([key, part]) =>
    part === undefined ? [] : textPlaces(part, [...place, Array.isArray(body) ? Number(key) : key]),
  );
}

/** What others call a resource: its name, its name as a whole address, a service account's address, a bucket's name. */
function namesOf({ api, name, collection }: Resource): string[] {
  const last = name.slice(name.lastIndexOf("/") + 1);
  if (collection === "storage.buckets") return [last, `storage.googleapis.com/${last}`];
  if (collection === "iam.projects.serviceAccounts") return [name, last, `serviceAccount:${last}`];
  return [name, `//${api}.googleapis.com/${name}`];
}

/** Places that look like references, and that Google takes as they come. */
const free: readonly { readonly place: RegExp; readonly why: string }[] = [
  { place: /^name$|Reference\.(dataset|table)Id$/, why: "its own name" },
  { place: /\.env\.\d+\.value$/, why: "any text: what a container reads" },
  { place: /^(edgeS|s)ecurityPolicy$/, why: "set by the server: its own method sets it" },
  { place: /\.incidentList\.policyNames\.\d+$/, why: "a dashboard shows what is there" },
];

/** A name of the same form that nothing has. */
function absent(text: string): string {
  return text.includes("@") ? text.replace("@", "-none@") : `${text}-none`;
}

/** Whether the answer, or the operation that it began, is a refusal. */
async function isRefused(ask: Ask, { status, body }: Answer): Promise<boolean> {
  if (status >= 400) return true;
  const operation = textAt(body, "name");
  if (!/^projects\/.*\/operations\//.test(operation)) return false;
  const done = await ask("GET", `/run/v2/${operation}`);
  return at(done.body, "error") !== undefined;
}

describe.each(readRecordedRuns())("what '$name' refers to", (run) => {
  let replayed: Replayed;

  beforeAll(async () => {
    replayed = await replay(run);
  });

  afterAll(() => replayed.standIn.close());

  test("must be there: each reference, a little longer, is refused", async () => {
    const { ask, sent, standIn } = replayed;
    const known = new Set(standIn.world.state.all().flatMap(namesOf));
    const accepted: string[] = [];
    let count = 0;
    for (const call of sent) {
      for (const { place, text } of textPlaces(call.body)) {
        const path = place.join(".");
        const name = text.replace(/^https?:\/\/[^/]+\/compute\/v1\//, "");
        if (!known.has(name) || free.some((one) => one.place.test(path))) continue;
        count += 1;
        const asked = renewed(call, replaceAt(call.body, place, absent(text)), count);
        const answer = await ask(call.verb, asked.path, asked.body);
        if (!(await isRefused(ask, answer))) accepted.push(`${call.verb} ${call.path}: ${path} ${text}`);
      }
    }
    expect(accepted).toEqual([]);
    expect(count).toBeGreaterThan(40);
  }, 60_000);
});
