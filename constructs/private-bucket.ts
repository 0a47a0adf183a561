import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import type { StorageBucketLifecycleRule } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { placementFields } from "./bucket-placement.ts";
import type { BucketPlacement } from "./bucket-placement.ts";
import type { Principal } from "./principal.ts";

export interface PrivateBucketProps {
  /** Unique among all of Google's customers: begin it with the project's id. */
  readonly name: string;
  readonly placement: BucketPlacement;
  /** How long replaced and deleted versions of objects are kept, in days; 0 keeps none. @default 30 */
  readonly keepVersionsDays?: number;
  /** How long deleted objects can be restored by Google's soft delete, in days: 0, or 7 to 90. @default 7 */
  readonly softDeleteDays?: number;
  /** Objects vanish at this age, in days. @default never */
  readonly deleteAfterDays?: number;
  /** Objects vanish so many days after their custom time, which marks them as no longer needed. @default never */
  readonly deleteRetiredAfterDays?: number;
  /** Objects below these prefixes move to a cheaper class at this age. @default none: they stay in STANDARD */
  readonly ageing?: {
    readonly prefixes: readonly string[];
    readonly afterDays: number;
    readonly storageClass: "NEARLINE" | "COLDLINE" | "ARCHIVE";
  };
  /** Objects can be neither changed nor deleted before this age. Locked: nobody can ever shorten it. @default none */
  readonly retention?: { readonly days: number; readonly locked: boolean };
  /** Refuses a plan that would destroy the bucket. @default true: what holds data is protected */
  readonly deletionProtection?: boolean;
  /** Deletes the objects when the bucket is destroyed. @default false: a bucket that is not empty stays */
  readonly emptyOnDestroy?: boolean;
}

const secondsPerDay = 86_400;

/**
 * A bucket that nobody can read until it is granted: no public access, no object ACLs, versions and soft delete
 * unless told otherwise.
 */
export class PrivateBucket extends Construct {
  /** Literal, as given. */
  readonly name: string;
  readonly bucket: StorageBucket;
  /** Every grant made so far: what needs them to work depends on them. */
  readonly grants: StorageBucketIamMember[] = [];

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.name = props.name;
    const keepVersionsDays = props.keepVersionsDays ?? 30;
    if (props.retention !== undefined && keepVersionsDays > 0) {
      throw new Error(
        `'retention' and 'keepVersionsDays' exclude each other in Cloud Storage, got retention of ` +
          `${props.retention.days} days and versions of ${keepVersionsDays}: set keepVersionsDays to 0`,
      );
    }
    this.bucket = new StorageBucket(this, "bucket", {
      name: props.name,
      ...placementFields(props.placement),
      storageClass: "STANDARD",
      publicAccessPrevention: "enforced",
      uniformBucketLevelAccess: true,
      versioning: { enabled: keepVersionsDays > 0 },
      softDeletePolicy: { retentionDurationSeconds: (props.softDeleteDays ?? 7) * secondsPerDay },
      lifecycleRule: lifecycleRules(props, keepVersionsDays),
      ...(props.retention && {
        retentionPolicy: {
          retentionPeriod: props.retention.days * secondsPerDay,
          isLocked: props.retention.locked,
        },
      }),
      forceDestroy: props.emptyOnDestroy ?? false,
      lifecycle: { preventDestroy: props.deletionProtection ?? true },
    });
  }

  /**
   * May read and list objects.
   *
   * @param dependsOn what must be there first, for agents of Google that are born with something else
   */
  grantRead(who: Principal, dependsOn: readonly ITerraformDependable[] = []): StorageBucketIamMember {
    return this.grant("read", "roles/storage.objectViewer", who, dependsOn);
  }

  /** May create objects, neither read nor replace them. */
  grantCreate(who: Principal): StorageBucketIamMember {
    return this.grant("create", "roles/storage.objectCreator", who);
  }

  /** May create, read, list, replace and delete objects; not change who else may. */
  grantReadWrite(who: Principal): StorageBucketIamMember {
    return this.grant("read-write", "roles/storage.objectUser", who);
  }

  /** May see the bucket itself: its location, versioning and rules. */
  grantInspect(who: Principal): StorageBucketIamMember {
    return this.grant("inspect", "roles/storage.legacyBucketReader", who);
  }

  private grant(
    verb: string,
    role: string,
    who: Principal,
    dependsOn: readonly ITerraformDependable[] = [],
  ): StorageBucketIamMember {
    const member = new StorageBucketIamMember(this, `${verb}-${who.id}`, {
      bucket: this.bucket.name,
      role,
      member: who.member,
      ...(dependsOn.length > 0 && { dependsOn: [...dependsOn] }),
    });
    this.grants.push(member);
    return member;
  }
}

function lifecycleRules(props: PrivateBucketProps, keepVersionsDays: number): StorageBucketLifecycleRule[] {
  const rules: StorageBucketLifecycleRule[] = [
    { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
  ];
  if (keepVersionsDays > 0) {
    rules.push({
      action: { type: "Delete" },
      condition: { daysSinceNoncurrentTime: keepVersionsDays, withState: "ARCHIVED" },
    });
  }
  if (props.deleteAfterDays !== undefined) {
    rules.push({ action: { type: "Delete" }, condition: { age: props.deleteAfterDays, withState: "ANY" } });
  }
  if (props.deleteRetiredAfterDays !== undefined) {
    rules.push({
      action: { type: "Delete" },
      condition: { daysSinceCustomTime: props.deleteRetiredAfterDays, withState: "ANY" },
    });
  }
  if (props.ageing !== undefined) {
    rules.push({
      action: { type: "SetStorageClass", storageClass: props.ageing.storageClass },
      condition: {
        age: props.ageing.afterDays,
        matchesPrefix: [...props.ageing.prefixes],
        matchesStorageClass: ["STANDARD"],
        withState: "LIVE",
      },
    });
  }
  return rules;
}
