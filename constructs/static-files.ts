import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ApplyStep } from "./apply-step.ts";
import { FolderAsset } from "./folder-asset.ts";
import type { PrivateBucket } from "./private-bucket.ts";

export interface StaticFilesProps {
  /** Should have `deleteRetiredAfterDays`, else files of older versions stay for ever. */
  readonly bucket: PrivateBucket;
  /** Holds the files, whose names must follow from their content. It travels with the stack. */
  readonly folder: string;
  /** What their names in the bucket begin with, such as `assets/`. */
  readonly prefix: string;
}

/**
 * Files of one version in a bucket, brought there by the apply: never changed, cached for ever. Those of older
 * versions are marked as retired and stay as long as the bucket says, so that open pages and the way back find them.
 */
export class StaticFiles extends Construct {
  /** What needs the files waits for this. */
  readonly dependsOn: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { bucket, folder, prefix }: StaticFilesProps) {
    super(scope, id);
    if (prefix !== "" && !prefix.endsWith("/")) {
      throw new Error(`'prefix' must end with a slash, such as 'assets/', or be empty, got '${prefix}'`);
    }
    const asset = new FolderAsset(this, "files", folder);
    const upload = new ApplyStep(this, "upload", {
      program: "static-files",
      input: { BUCKET: bucket.name, FOLDER: asset.path, PREFIX: prefix },
      // A bucket that was made anew is empty.
      runAgainOn: [bucket.name, prefix, asset.assetHash, bucket.bucket.timeCreated],
      dependsOn: [bucket.bucket],
    });
    this.dependsOn = [upload];
  }
}
