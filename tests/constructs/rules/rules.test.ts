import { tmpdir } from "node:os";
import { App, TerraformStack } from "cdktf";
import { expect, test } from "vitest";
import { allRules, findViolations, type Rule } from "../../../constructs/rules/index.ts";
import { SynthesizedStack } from "../../../constructs/rules/synthesized-stack.ts";
import { alerts } from "./cases/alerts.ts";
import { edge } from "./cases/edge.ts";
import { fillGrantAfterKeyCase, loadBalancerAgentCase } from "./cases/load-balancer-agent.ts";
import { messages } from "./cases/messages.ts";
import { secrets } from "./cases/secrets.ts";
import { whatHoldsData } from "./cases/what-holds-data.ts";
import { whatMakesAPlanLie } from "./cases/what-makes-a-plan-lie.ts";
import { whatRuns } from "./cases/what-runs.ts";
import { whoMayDoWhat } from "./cases/who-may-do-what.ts";

const cases = [
  ...whoMayDoWhat,
  ...whatHoldsData,
  ...secrets,
  ...edge,
  loadBalancerAgentCase,
  fillGrantAfterKeyCase,
  ...whatRuns,
  ...messages,
  ...alerts,
  ...whatMakesAPlanLie,
];

function sayings(rule: Rule, build: (stack: TerraformStack) => void): readonly string[] {
  const stack = new TerraformStack(new App({ outdir: tmpdir() }), "stack");
  build(stack);
  return findViolations(stack, [rule]).map(({ address, what }) => `${address}: ${what}`);
}

test("every rule has cases, and none has them twice", () => {
  expect(cases.map(({ rule }) => rule.id).toSorted()).toEqual(allRules.map(({ id }) => id).toSorted());
});

test.each(
  cases.flatMap(({ rule, breaks }) => breaks.map(({ build, says }) => ({ id: rule.id, rule, build, says }))),
)("a stack that breaks $id is told $says", ({ rule, build, says }) => {
  expect(sayings(rule, build).toSorted()).toEqual([...says].toSorted());
});

test.each(cases.map(({ rule, keeps }) => ({ id: rule.id, rule, keeps })))(
  "a stack that keeps $id is told nothing",
  ({ rule, keeps }) => {
    expect(sayings(rule, keeps)).toEqual([]);
  },
);

function typesIn(build: (stack: TerraformStack) => void): readonly string[] {
  const stack = new TerraformStack(new App({ outdir: tmpdir() }), "stack");
  build(stack);
  return [...new Set(new SynthesizedStack(stack).blocks.map(({ type }) => type))];
}

/** What they are about is never right, so what keeps them has something else instead. */
const forbidding = [
  "authoritative-iam",
  "network-data-source",
  "service-account-key",
  "signing-key-in-state",
];

test("what keeps a rule has what the rule is about, unless that is never right", () => {
  const without = cases.filter(({ breaks, keeps }) => {
    const about = breaks.flatMap(({ says }) => says.map((text) => text.split(".")[0]));
    return !typesIn(keeps).some((type) => about.includes(type));
  });
  expect(without.map(({ rule }) => rule.id).toSorted()).toEqual(forbidding);
  for (const { keeps } of without) expect(typesIn(keeps)).not.toEqual([]);
});

test.each(allRules)("$id says why and what to do, each in one sentence", ({ id, reason, remedy }) => {
  expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  for (const sentence of [reason, remedy]) expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
});
