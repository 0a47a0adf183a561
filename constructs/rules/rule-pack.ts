import { Aspects, TerraformStack, type App, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { allRules } from "./all-rules.ts";
import type { Breach, Rule } from "./rule.ts";
import { findSuppressions, type Suppression } from "./suppress.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";

/** A breach that no suppression excepts. */
export interface Violation {
  readonly ruleId: string;
  /** Terraform's address, or the stack's id. */
  readonly address: string;
  /** The path of the construct, as `suppress` wants its construct. */
  readonly path: string;
  readonly what: string;
  readonly reason: string;
  readonly remedy: string;
}

function isInside(construct: IConstruct, scope: IConstruct): boolean {
  return construct.node.scopes.includes(scope);
}

function describeFaults(suppression: Suppression, rules: readonly Rule[], used: boolean): string | undefined {
  if (!rules.some(({ id }) => id === suppression.ruleId)) {
    return `a suppression names the rule '${suppression.ruleId}', which does not run here`;
  }
  return used ? undefined : `a suppression of '${suppression.ruleId}' excepts nothing`;
}

/**
 * Every violation of a stack, in the order of the rules, then every suppression that excepts nothing.
 * Aspects must have run: `checkRules` sees to that.
 */
export function findViolations(
  stack: TerraformStack,
  rules: readonly Rule[] = allRules,
): readonly Violation[] {
  const synthesized = new SynthesizedStack(stack);
  const suppressions = findSuppressions(stack);
  const used = new Set<Suppression>();
  const violations: Violation[] = [];

  const record = (rule: Rule, { at, what }: Breach): void => {
    const construct = at?.construct ?? stack;
    const excepting = suppressions.filter(
      ({ ruleId, scope }) => ruleId === rule.id && isInside(construct, scope),
    );
    for (const suppression of excepting) used.add(suppression);
    if (excepting.length > 0) return;
    const { id, reason, remedy } = rule;
    violations.push({
      ruleId: id,
      address: at?.address ?? stack.node.id,
      path: construct.node.path,
      what,
      reason,
      remedy,
    });
  };

  for (const rule of rules) {
    for (const breach of rule.findBreaches(synthesized)) record(rule, breach);
  }
  for (const suppression of suppressions) {
    const what = describeFaults(suppression, rules, used.has(suppression));
    if (what === undefined) continue;
    violations.push({
      ruleId: "suppression-in-use",
      address: stack.node.id,
      path: suppression.scope.node.path,
      what: `${what}; its reason was: ${suppression.reason}`,
      reason: "An exception that is no longer needed hides the next fault of its kind.",
      remedy: "Remove the call of suppress, or correct the rule's id.",
    });
  }
  return violations;
}

/** A violation in words: where, what, which rule and why, and the way out. */
export function describeViolation({ ruleId, address, path, what, reason, remedy }: Violation): string {
  return `${address} (${path}): ${what}\n      rule ${ruleId}: ${reason}\n      remedy: ${remedy}`;
}

/**
 * The rules as an Aspect. It hangs a validation on every stack that it visits, because only after *all*
 * aspects have run is a stack what Terraform will read. A violation stops the synthesis of that stack before
 * anything of it is written, with every violation of the stack listed.
 */
export class RulePack implements IAspect {
  private readonly rules: readonly Rule[];
  private readonly seen = new WeakSet<TerraformStack>();

  /**
   * @param rules which rules run; default: all
   * @throws when two rules share an id
   */
  constructor(rules: readonly Rule[] = allRules) {
    const ids = rules.map(({ id }) => id);
    const doubled = ids.find((id, index) => ids.indexOf(id) !== index);
    if (doubled !== undefined)
      throw new Error(`Two rules have the id '${doubled}': an id names exactly one rule`);
    this.rules = rules;
  }

  visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node) || this.seen.has(node)) return;
    this.seen.add(node);
    node.node.addValidation({ validate: () => findViolations(node, this.rules).map(describeViolation) });
  }
}

/**
 * Checks every stack of an app, or one stack, at each synthesis. A violation ends the process that synthesises
 * with an error that lists what is wrong, why, and what to do. Call it after the stacks are declared: CDKTF
 * runs no aspects of the app itself, so a stack that comes later would escape, and is reported.
 *
 * @param scope the app, or one stack
 * @param rules which rules run; default: all. Rules of your own: `[...allRules, mine]`
 * @throws when the app has no stack yet
 *
 * @example
 * const app = new App();
 * new MyStack(app, "production");
 * checkRules(app);
 * app.synth();
 */
export function checkRules(scope: App | TerraformStack, rules: readonly Rule[] = allRules): void {
  const pack = new RulePack(rules);
  const findStacks = () => scope.node.findAll().filter((node) => TerraformStack.isStack(node));
  const checked = new Set(findStacks());
  if (checked.size === 0) throw new Error("checkRules found no stack: call it after the stacks are declared");
  for (const stack of checked) Aspects.of(stack).add(pack);
  scope.node.addValidation({
    validate: () =>
      findStacks()
        .filter((stack) => !checked.has(stack))
        .map((stack) => `the stack '${stack.node.id}' was declared after checkRules, and was not checked`),
  });
}
