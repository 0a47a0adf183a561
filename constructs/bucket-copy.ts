import { StorageTransferJob } from "@cdktf/provider-google/lib/storage-transfer-job/index.js";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";
import { PrivateBucket } from "./private-bucket.ts";
import type { PrivateBucketProps } from "./private-bucket.ts";

export interface BucketCopyProps {
  readonly source: PrivateBucket;
  /** The bucket that holds the copy, best in another region. */
  readonly copy: PrivateBucketProps;
  /** Storage Transfer's own account. */
  readonly transferAgent: Principal;
  /**
   * What is deleted in the first stays in the second, for ever. Without, it is deleted there by the next copy, and can be
   * brought back for as long as the second bucket keeps versions and soft-deleted objects.
   *
   * @default true: the copy is there for what should not have been deleted
   */
  readonly keepsDeleted?: boolean;
  /** When the copy is made, every day, in UTC. @default 2 */
  readonly hourOfDay?: number;
}

/** A second bucket with a copy of the first, made every day by Storage Transfer. */
export class BucketCopy extends Construct {
  readonly bucket: PrivateBucket;
  readonly job: StorageTransferJob;

  constructor(scope: Construct, id: string, props: BucketCopyProps) {
    super(scope, id);
    const { source, copy, transferAgent, keepsDeleted = true, hourOfDay = 2 } = props;
    if (!keepsDeleted && copy.keepVersionsDays === 0) {
      throw new Error(
        "'keepsDeleted' is false and 'copy.keepVersionsDays' is 0: the copy would lose the next day whatever the first " +
          "bucket lost; keep versions in the copy",
      );
    }
    this.bucket = new PrivateBucket(this, "bucket", copy);
    this.job = new StorageTransferJob(this, "job", {
      description: `Daily copy of ${source.name}`,
      transferSpec: {
        gcsDataSource: { bucketName: source.bucket.name },
        gcsDataSink: { bucketName: this.bucket.bucket.name },
        transferOptions: {
          overwriteObjectsAlreadyExistingInSink: true,
          deleteObjectsUniqueInSink: !keepsDeleted,
        },
      },
      schedule: {
        // Any day that is past: a job without an end begins with the next full day.
        scheduleStartDate: { year: 2025, month: 1, day: 1 },
        startTimeOfDay: { hours: hourOfDay, minutes: 0, seconds: 0, nanos: 0 },
        repeatInterval: "86400s",
      },
      dependsOn: [
        source.grantRead(transferAgent),
        source.grantInspect(transferAgent),
        this.bucket.grantReadWrite(transferAgent),
        this.bucket.grantInspect(transferAgent),
      ],
    });
  }
}
