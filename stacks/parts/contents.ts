import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { join } from "node:path";
import { ContainerImage } from "../../constructs/container-image.ts";
import { ContainerRegistry } from "../../constructs/container-registry.ts";
import type { ImageReference } from "../../constructs/image-reference.ts";
import { StaticFiles } from "../../constructs/static-files.ts";
import type { Environment } from "../../environments/index.ts";
import type { PreparedImage } from "../../image/prepare.ts";
import { recipeFolders, recipeProgram } from "../../image/recipe.ts";
import type { Data } from "./data.ts";

/** What runs and what the page is made of: of the same sources, and there before the service is told of it. */
export class Contents extends Construct implements ImageReference {
  readonly uri: string;
  /** The image in its registry, and the page's files in their bucket. */
  readonly dependsOn: readonly ITerraformDependable[];
  /** What people and machines call this version. */
  readonly version: string;

  constructor(scope: Construct, id: string, environment: Environment, data: Data, prepared: PreparedImage) {
    super(scope, id);
    const { project, regions, deletionProtection } = environment;
    const { contentHash, folder, version } = prepared;
    const registry = new ContainerRegistry(this, "registry", {
      projectId: project.id,
      region: regions[0],
      name: "imgstream",
      deletionProtection,
    });
    const image = new ContainerImage(this, "image", {
      registry,
      name: "app",
      contentHash,
      folder,
      program: recipeProgram,
    });
    const files = new StaticFiles(this, "assets", {
      bucket: data.assets,
      folder: join(folder, recipeFolders.pageAssets),
      prefix: "assets/",
    });
    this.uri = image.uri;
    this.dependsOn = [...image.dependsOn, ...files.dependsOn];
    this.version = version;
  }
}
