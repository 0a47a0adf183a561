import type { ITerraformDependable } from "cdktf";

/** The image that a service or job runs. */
export interface ImageReference {
  /** Registry, name, and tag or digest. */
  readonly uri: string;
  /** What must have happened before the image can be pulled: the step that pushes it. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}
