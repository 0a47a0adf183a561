import { TerraformStack, type IAspect } from "cdktf";
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
  private readonly stopped = new WeakSet<TerraformStack>();

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
    node.node.addValidation({
      validate: () => {
        const violations = findViolations(node, this.rules);
        if (violations.length > 0) this.stopped.add(node);
        return violations.map(describeViolation);
      },
    });
  }

  /** Whether a synthesis found violations of this stack. */
  hasStopped(stack: TerraformStack): boolean {
    return this.stopped.has(stack);
  }
}
