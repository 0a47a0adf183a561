import { assert as assertProperty, asyncProperty, nat } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiShape } from "../../../local/google-apis/discovery/shape.ts";
import { isObject, type Json } from "../../../local/google-apis/engine/json.ts";
import { RouteTable } from "../../../local/google-apis/engine/route-table.ts";
import { apiModules, type StandIn } from "../../../local/google-apis/stand-in.ts";
import { type Ask, openStandIn } from "./caller.ts";
import { allPlaces, messagePlaces, replaceAt, strangeValue, valueAt } from "./mutation.ts";
import { type RecordedCall, replay, runs } from "./recorded-run.ts";

const routes = new RouteTable(apiModules.map(({ shape }) => apiShape(shape)));

describe.each(runs)("what the real provider sent for '%s'", (run) => {
  let standIn: StandIn;
  let ask: Ask;
  let sent: RecordedCall[];
  let faults: string[];

  beforeAll(async () => {
    ({ standIn, ask } = await openStandIn());
    ({ sent, faults } = await replay(run, ask));
  });

  afterAll(() => standIn.close());

  test("is accepted again, call by call", () => {
    expect(sent.length).toBeGreaterThan(70);
    expect(faults).toEqual([]);
  });

  test("is refused with any field that Google does not know, wherever it stands", async () => {
    const property = asyncProperty(nat(), nat(), async (which, where) => {
      const call = pick(sent, which);
      const route = routes.find(call.verb, call.path.replace(/\?.*$/, ""));
      const schema = route?.shape.schemas[route.method.body ?? ""];
      if (route === undefined || schema === undefined) return;
      const place = pick(messagePlaces(route.shape, schema, call.body), where);
      const message = valueAt(call.body, place);
      const body = replaceAt(call.body, place, {
        ...(isObject(message) ? message : {}),
        notAFieldOfGoogle: "x",
      });
      const answer = await ask(call.verb, call.path, body);
      expect(answer.status, `${call.verb} ${call.path} at ${place.join(".")}`).toBe(400);
      expect(answer.message).toContain('Unknown name "notAFieldOfGoogle"');
    });
    await assertProperty(property, { numRuns: 1_500, seed: 7 });
  }, 120_000);

  test("never makes the stand-in fail, whatever is put in place of a value", async () => {
    const property = asyncProperty(nat(), nat(), strangeValue, async (which, where, value) => {
      const call = renewed(pick(sent, which), which);
      const body: Json = replaceAt(call.body, pick(allPlaces(call.body), where), value);
      const answer = await ask(call.verb, call.path, body);
      expect(
        answer.status,
        `${call.verb} ${call.path} ${JSON.stringify(body)}\n${answer.message}`,
      ).toBeLessThan(500);
    });
    await assertProperty(property, { numRuns: 3_500, seed: 7 });
  }, 120_000);
});

/** The same call for a resource of another name, so that it is not refused for being there already. */
function renewed(call: RecordedCall, number: number): RecordedCall {
  const path = call.path.replace(/([?&](?!project)\w+Id=[^&]+)/, `$1${number % 1000}`);
  const name = isObject(call.body) ? call.body["name"] : undefined;
  const body =
    isObject(call.body) && typeof name === "string"
      ? { ...call.body, name: `${name}${number % 1000}` }
      : call.body;
  return { ...call, path, body };
}

function pick<T>(list: readonly T[], number: number): T {
  const found = list[number % list.length];
  if (found === undefined) throw new Error("there is nothing to pick from");
  return found;
}
