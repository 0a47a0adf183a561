import type { Construct } from "constructs";
import { ApplyStep } from "./apply-step.ts";

export interface ServiceIdentitiesProps {
  readonly projectId: string;
  /** Services whose accounts are made, such as `iap.googleapis.com`. */
  readonly services: readonly string[];
}

/** Google's own accounts, made before they are granted anything. The GA provider has no resource for it. */
export class ServiceIdentities extends ApplyStep {
  constructor(scope: Construct, id: string, { projectId, services }: ServiceIdentitiesProps) {
    super(scope, id, {
      program: "service-identities",
      input: { PROJECT: projectId, SERVICES: services.join(",") },
    });
  }
}
