import { Aspects, TerraformResource, dependable } from "cdktf";
import type { IAspect, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ApplyStep } from "./apply-step.ts";

export interface DeployGateProps {
  /** Why the stack must not be deployed to Google as it is, each with what to do; none lets it pass. */
  readonly refusals: readonly string[];
  /**
   * The variables that redirect the provider, one per product in use, such as `GOOGLE_COMPUTE_CUSTOM_ENDPOINT`.
   * Where all of them name this machine, the gate lets the stack pass whatever the refusals.
   */
  readonly endpointVariables: readonly string[];
}

/**
 * The first step of every apply: everything else in the stack waits for it, so that what must not be deployed is
 * stopped before anything is made.
 */
export class DeployGate extends ApplyStep {
  constructor(stack: TerraformStack, id: string, { refusals, endpointVariables }: DeployGateProps) {
    super(stack, id, {
      program: "deploy-gate",
      input: { REFUSALS: JSON.stringify(refusals), ENDPOINTS: endpointVariables.join(",") },
      runAgainOn: refusals,
    });
    Aspects.of(stack).add(new WaitFor(this));
  }
}

class WaitFor implements IAspect {
  private readonly gate: ApplyStep;

  constructor(gate: ApplyStep) {
    this.gate = gate;
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || node === this.gate) return;
    node.dependsOn = [...(node.dependsOn ?? []), dependable(this.gate)];
  }
}
