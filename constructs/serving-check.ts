import { Lazy } from "cdktf";
import type { IResolveContext } from "cdktf";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";
import { ApplyStep } from "./apply-step.ts";
import type { CloudRunService } from "./cloud-run-service.ts";
import type { ImageReference } from "./image-reference.ts";

export interface ServingCheckProps {
  readonly projectId: string;
  readonly service: CloudRunService;
  /** What the service is told to run. */
  readonly image: ImageReference;
}

/**
 * Asserts after a service that the revision that serves runs this image. It stays tainted until that is so: a
 * deployment that failed stays red when it is repeated, even where the provider finds nothing to change.
 */
export class ServingCheck extends ApplyStep {
  constructor(scope: Construct, id: string, { projectId, service, image }: ServingCheckProps) {
    super(scope, id, {
      program: "serving-revision",
      input: {
        SERVICE: `projects/${projectId}/locations/${service.region}/services/${service.name}`,
        IMAGE: image.uri,
      },
      // Whatever makes a new revision, as it is declared: what the provider reads back may differ at first.
      runAgainOn: [image.uri, Lazy.stringValue({ produce: (context) => hashOfTemplate(service, context) })],
      dependsOn: [service.service],
    });
  }
}

/** References stay references: cdktf's own functions write those inside other texts wrongly, and say so each time. */
function hashOfTemplate({ service }: CloudRunService, context: IResolveContext): string {
  const declared: unknown = context.resolve(service.templateInput);
  return createHash("sha256").update(JSON.stringify(declared)).digest("hex");
}
