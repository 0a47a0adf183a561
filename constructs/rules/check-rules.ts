import { Aspects, TerraformStack, type App } from "cdktf";
import type { IStackSynthesizer, ISynthesisSession } from "cdktf";
import { allRules } from "./all-rules.ts";
import type { Rule } from "./rule.ts";
import { RulePack } from "./rule-pack.ts";

/**
 * Checks every stack of an app, or one stack, at each synthesis. Violations end the process that synthesises with
 * an error that lists what is wrong in every stack, why, and what to do. Call it after the stacks are declared:
 * CDKTF runs no aspects of the app itself, so a stack that comes later would escape, and is reported.
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
  if (TerraformStack.isStack(scope)) return;

  const failures: string[] = [];
  for (const stack of checked) stack.synthesizer = new GoingOn(stack, pack, failures);
  scope.node.addValidation({
    validate: () => [
      ...failures.splice(0),
      ...findStacks()
        .filter((stack) => !checked.has(stack))
        .map((stack) => `the stack '${stack.node.id}' was declared after checkRules, and was not checked`),
    ],
  });
}

/**
 * Goes on to the next stack where rules stopped one: CDKTF would end there, and tell of the others' violations one
 * run at a time. The app's own validation, which comes last, fails with all of them.
 */
class GoingOn implements IStackSynthesizer {
  private readonly stack: TerraformStack;
  private readonly own: IStackSynthesizer;
  private readonly pack: RulePack;
  private readonly failures: string[];

  constructor(stack: TerraformStack, pack: RulePack, failures: string[]) {
    this.stack = stack;
    this.own = stack.synthesizer;
    this.pack = pack;
    this.failures = failures;
  }

  synthesize(session: ISynthesisSession): void {
    try {
      this.own.synthesize(session);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.pack.hasStopped(this.stack)) {
        this.failures.push(`the stack '${this.stack.node.id}' was not written: ${message.trim()}`);
        return;
      }
      // Something else than a rule: it ends the synthesis, and hides nothing that was found before.
      if (this.failures.length === 0) throw error;
      throw new Error([...this.failures.splice(0), message].join("\n\n"), { cause: error });
    }
  }
}
