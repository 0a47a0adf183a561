import { TerraformResource } from "cdktf";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { applyCommand } from "./apply-programs.ts";
import type { ApplyProgram } from "./apply-programs.ts";

export interface ApplyStepProps {
  readonly program: ApplyProgram;
  /** What the program is told, by environment variables. No secrets: they stand in the plan. */
  readonly input: Readonly<Record<string, string>>;
  /** The program runs again when one of these changes. @default all of the input */
  readonly runAgainOn?: readonly string[];
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * A step of the apply that no resource of the provider does: a `terraform_data` that runs a program once, again
 * when what it was told changes, and again after a failure. (cdktf's own class asks the terraform binary for its
 * version at every synthesis, so this one declares the resource itself.)
 */
export class ApplyStep extends TerraformResource {
  private readonly triggers: readonly string[];

  constructor(scope: Construct, id: string, { program, input, runAgainOn, dependsOn }: ApplyStepProps) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      dependsOn: [...(dependsOn ?? [])],
      provisioners: [
        { type: "local-exec", command: applyCommand(scope, program), environment: { ...input } },
      ],
    });
    this.triggers =
      runAgainOn ??
      Object.keys(input)
        .toSorted()
        .map((name) => input[name] ?? "");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers_replace: this.triggers };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    const value = this.triggers;
    return { triggers_replace: { value, isBlock: false, type: "list", storageClassType: "stringList" } };
  }
}
