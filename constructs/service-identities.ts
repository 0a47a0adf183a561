import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { ApplyStep } from "./apply-step.ts";

export interface ServiceIdentitiesProps {
  readonly projectId: string;
  /** Services whose accounts are made, such as `iap.googleapis.com`. */
  readonly services: readonly string[];
  /** The APIs, enabled. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Google's own accounts, made before they are granted anything. The GA provider has no resource for it. */
export class ServiceIdentities extends ApplyStep {
  constructor(scope: Construct, id: string, { projectId, services, dependsOn }: ServiceIdentitiesProps) {
    super(scope, id, {
      program: "service-identities",
      input: { PROJECT: projectId, SERVICES: services.join(",") },
      dependsOn,
    });
  }
}
