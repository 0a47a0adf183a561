import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ApiShape,
  apiShape,
  fieldsOf,
  type FieldShape,
} from "../../../local/google-apis/discovery/shape.ts";
import { isObject, type Json } from "../../../local/google-apis/engine/json.ts";
import { RouteTable } from "../../../local/google-apis/engine/route-table.ts";
import { apiModules } from "../../../local/google-apis/stand-in.ts";
import { type Mutation, type Pick, spoils } from "./mutation.ts";
import { type RecordedCall, type Replayed, readRecordedRuns, renewed, replay } from "./recorded-run.ts";

const routes = new RouteTable(apiModules.map(({ shape }) => apiShape(shape)));
const runs = readRecordedRuns();
/** Of both runs together: 10,000. */
const bodiesOfARun = 5_000;

/** Picks that look random and are the same each time: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function picking(seed: number): Pick {
  let state = seed;
  return (list) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return list[Math.floor((state / 2 ** 32) * list.length)];
  };
}

function spoil(call: RecordedCall, kind: string, pick: Pick): Mutation | undefined {
  const route = routes.find(call.verb, call.path.replace(/\?.*$/, ""));
  const schema = route?.method.body;
  if (route === undefined || schema === undefined) return undefined;
  const { shape, methodId } = route;
  return spoils[kind]?.({ shape, methodId, schema, body: call.body, pick });
}

/** Where a body that is kept holds a field that its message does not have. */
function unknownIn(shape: ApiShape, field: FieldShape, value: Json, path: string): string[] {
  const { of } = field;
  if (field.type === "message" && isObject(value)) {
    const fields = fieldsOf(shape, field);
    return Object.entries(value).flatMap(([name, part]) => {
      if (part === undefined) return [];
      const known = fields[name];
      return known === undefined ? [`${path}.${name}`] : unknownIn(shape, known, part, `${path}.${name}`);
    });
  }
  if (of === undefined || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    part === undefined ? [] : unknownIn(shape, of, part, `${path}[${key}]`),
  );
}

describe.each(runs)("what the real provider sent for '$name'", (run) => {
  let replayed: Replayed;

  beforeAll(async () => {
    replayed = await replay(run);
  });

  afterAll(() => replayed.standIn.close());

  test("is accepted again, call by call", () => {
    expect(replayed.sent.length).toBeGreaterThanOrEqual(90);
    expect(replayed.faults).toEqual([]);
  });

  test(`spoiled in ${bodiesOfARun} ways, it is refused where it must be, and never makes the stand-in fail`, async () => {
    const { ask, sent, standIn } = replayed;
    const { policies } = standIn.world;
    const project = `cloudresourcemanager/projects/${run.project.projectId}`;
    let granted = policies.get(project);
    const pick = picking(run.calls.length);
    const counts = new Map<string, number>();
    const faults: string[] = [];
    let forbidden = 0;
    for (let number = 0; number < bodiesOfARun;) {
      const call = pick(sent);
      const kind = pick(Object.keys(spoils)) ?? "";
      const mutation = call === undefined ? undefined : spoil(call, kind, pick);
      if (call === undefined || mutation === undefined) continue;
      number += 1;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const { refused, place } = mutation;
      const { path, body } = refused
        ? { path: call.path, body: mutation.body }
        : renewed(call, mutation.body, number);
      const { status, message } = await ask(call.verb, path, body);
      // Whoever takes the owner's role away is refused everything after it: the next body must be looked at.
      if (policies.get(project) !== granted) granted = policies.put(project, granted);
      if (status === 403) forbidden += 1;
      if (status >= 500 || (refused && (status !== 400 || !refused.test(message)))) {
        faults.push(`${kind} at ${place.join(".")} of ${call.verb} ${path}: ${status} ${message}`);
      }
    }
    expect(faults).toEqual([]);
    expect(forbidden).toBeLessThan(bodiesOfARun / 50);
    const rare = Object.keys(spoils).filter((kind) => (counts.get(kind) ?? 0) < 150);
    expect(rare).toEqual([]);
  }, 240_000);

  test("then nothing is kept that Google does not know, and no call has failed unseen", () => {
    const { world } = replayed.standIn;
    const schemas = new Map(
      apiModules.flatMap(({ shape, kinds }) =>
        kinds.map(({ collection, schema }) => [collection, { shape: apiShape(shape), schema }] as const),
      ),
    );
    const resources = world.state.all();
    const unknown = resources.flatMap(({ collection, name, body }) => {
      const known = schemas.get(collection);
      if (known === undefined) return [];
      return unknownIn(known.shape, { type: "message", ref: known.schema }, body, name);
    });
    expect(resources.length).toBeGreaterThan(run.calls.length / 2);
    expect(unknown).toEqual([]);
    expect(world.log.all().filter(({ status }) => status >= 500)).toEqual([]);
  });
});
