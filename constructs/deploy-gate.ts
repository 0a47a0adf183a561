import { Aspects } from "cdktf";
import type { TerraformStack } from "cdktf";
import { ApplyStep } from "./apply-step.ts";
import { WaitFor } from "./wait-for.ts";

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
      input: {
        ENDPOINTS: endpointVariables.join(","),
        // One variable each: cdktf's HCL takes a JSON text for a list, and breaks a line where a text does.
        ...Object.fromEntries(refusals.map((refusal, index) => [`REFUSAL_${index + 1}`, refusal])),
      },
      runAgainOn: refusals,
    });
    Aspects.of(stack).add(new WaitFor([this], [this]));
  }
}
