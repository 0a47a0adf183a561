import type { ITerraformDependable, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { ApplyStep } from "./apply-step.ts";
import { FolderAsset } from "./folder-asset.ts";
import type { ImageReference } from "./image-reference.ts";

export interface ContainerImageProps {
  readonly registry: ImageRegistry;
  /** The image's name in the registry, such as `app`. */
  readonly name: string;
  /**
   * The image's tag: a hash over all that it is made of, known at synthesis. The same sources give the same tag,
   * and so a plan without changes; those of an older commit give the older one.
   */
  readonly contentHash: string;
  /** A prepared folder with all that the apply needs. It travels with the stack. */
  readonly folder: string;
  /**
   * The program in that folder that brings the image into the registry, unless it is there. It is told `REFERENCE`
   * (registry, name and tag) and `RECIPE` (the folder), and fails unless the registry has the image at its end.
   */
  readonly program: string;
}

/** Where images are kept: a `ContainerRegistry`, whose tags cannot be moved. */
export interface ImageRegistry {
  /** `europe-west1-docker.pkg.dev/PROJECT/NAME` */
  readonly prefix: string;
  /** Changes when the registry is made anew, and empty: then everything is pushed again. */
  readonly birth: string;
  readonly repository?: ITerraformDependable;
}

/**
 * An image that the apply itself builds and pushes, before whatever runs it. A failed push fails the apply, and
 * what ran before runs on.
 */
export class ContainerImage extends Construct implements ImageReference {
  readonly uri: string;
  readonly dependsOn: readonly ITerraformDependable[];
  /** The folder as it travels. */
  readonly asset: TerraformAsset;

  constructor(scope: Construct, id: string, props: ContainerImageProps) {
    super(scope, id);
    const { registry, name, contentHash, folder, program } = props;
    if (!/^[0-9a-f]{32,64}$/.test(contentHash)) {
      throw new Error(`'contentHash' must be 32 to 64 hexadecimal digits, got '${contentHash}'`);
    }
    this.uri = `${registry.prefix}/${name}:${contentHash}`;
    this.asset = new FolderAsset(this, "recipe", folder);
    const push = new ApplyStep(this, "push", {
      program: { asset: this.asset, file: program },
      input: { REFERENCE: this.uri, RECIPE: this.asset.path },
      runAgainOn: [this.uri, registry.birth],
      ...(registry.repository && { dependsOn: [registry.repository] }),
    });
    this.dependsOn = [push];
  }
}
