import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { ApplyStep } from "./apply-step.ts";
import type { CloudRunService } from "./cloud-run-service.ts";

export interface FirstRollOutProps {
  readonly projectId: string;
  /** Has deletion protection; without it Terraform replaces what failed by itself. */
  readonly service: CloudRunService;
}

/**
 * Watches a protected service until it served for the first time, and never again. Where its first revision fails,
 * the provider keeps the service as tainted and then refuses to replace it: the apply prints the one command that
 * lets the next deploy go on. It runs beside the service, for what waits for a resource is not run when that fails.
 */
export class FirstRollOut extends ApplyStep {
  constructor(scope: Construct, id: string, { projectId, service }: FirstRollOutProps) {
    const { terraformResourceType, friendlyUniqueId, dependsOn = [] } = service.service;
    const path = `projects/${projectId}/locations/${service.region}/services/${service.name}`;
    super(scope, id, {
      program: "first-roll-out",
      input: {
        SERVICE: path,
        ADDRESS: `${terraformResourceType}.${friendlyUniqueId}`,
        APPEARS_WITHIN: "60",
        SETTLES_WITHIN: "15",
        // Not for the program: it makes the step wait for all that the service waits for, and begin with it.
        BESIDE: Lazy.stringValue({
          produce: (context) => namedIn(JSON.stringify(context.resolve(service.service.templateInput))),
        }),
      },
      runAgainOn: [path],
      dependsOn: dependsOn.map((fqn) => ({ fqn })),
    });
  }
}

/** The id of every resource that a template names: never a secret, as another attribute might be. */
function namedIn(template: string): string {
  const addresses = template.matchAll(/\$\{([a-z][\w-]*\.[\w-]+)\./g);
  return [...new Set([...addresses].map(([, address]) => `\${${address}.id}`))].toSorted().join(" ");
}
