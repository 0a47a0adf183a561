import { ProjectService } from "@cdktf/provider-google/lib/project-service/index.js";
import { Construct } from "constructs";

export interface GoogleApisProps {
  /** Such as `run.googleapis.com`. */
  readonly apis: readonly string[];
}

/**
 * The Google APIs that a project needs, enabled. They stay enabled when the stack is destroyed: something else
 * in the project may use them, and disabling one deletes what it holds.
 */
export class GoogleApis extends Construct {
  /** What must not be made before the APIs answer depends on these. */
  readonly services: readonly ProjectService[];

  constructor(scope: Construct, id: string, { apis }: GoogleApisProps) {
    super(scope, id);
    this.services = apis.map((api) => {
      if (!api.endsWith(".googleapis.com")) {
        throw new Error(`An API must end with .googleapis.com, got '${api}': write its full service name`);
      }
      return new ProjectService(this, api.replace(".googleapis.com", ""), {
        service: api,
        disableOnDestroy: false,
        disableDependentServices: false,
      });
    });
  }
}
