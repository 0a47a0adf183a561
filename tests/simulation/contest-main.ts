import { Type } from "typebox";
import { Check } from "typebox/value";
import { loadFairnessWithout } from "./edited-sources.ts";
import { type Contest, contest } from "./fairness.ts";
import { OptionError } from "./options.ts";
import { removedCourtesies } from "./removed-courtesies.ts";
import type { RemovedRule } from "./removed-rule.ts";

const usage = `node contest-main.ts CONTEST [NAME]: prints the standing of a contest, a JSON object as fairness.ts has it, with
the rule of that name taken out, if one is named.`;

const durations = Type.Array(Type.Number({ minimum: 0 }));
const Given = Type.Object(
  {
    seed: Type.Integer({ minimum: 0 }),
    ways: Type.Array(Type.Number({ minimum: 0 }), { minItems: 1 }),
    isEven: Type.Boolean(),
    clients: Type.Integer({ minimum: 1 }),
    milliseconds: Type.Number({ exclusiveMinimum: 0 }),
    rests: Type.Optional(durations),
    refusedAt: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

const [given = "", name] = process.argv.slice(2);
try {
  const wanted = contestOf(given);
  const rule = name === undefined ? undefined : courtesyNamed(name);
  const hold = rule === undefined ? contest : (await loadFairnessWithout(rule)).contest;
  console.log(JSON.stringify(await hold(wanted)));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}

function contestOf(text: string): Contest {
  const value = parsed(text);
  if (Check(Given, value)) return value;
  const fields = Object.keys(Given.properties).join(", ");
  throw new OptionError(`a contest is a JSON object with ${fields}, got '${text}'`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function courtesyNamed(text: string): RemovedRule {
  const rule = removedCourtesies.find((one) => one.name === text);
  if (rule !== undefined) return rule;
  throw new OptionError(
    `no courtesy is named '${text}', but ${removedCourtesies.map((one) => `'${one.name}'`).join(", ")}`,
  );
}
