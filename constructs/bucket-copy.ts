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
  /** When the copy is made, every day, in UTC. @default 2 */
  readonly hourOfDay?: number;
}

/**
 * A second bucket with a copy of the first, made every day by Storage Transfer. What is deleted in the first stays
 * in the second: the copy is there for what should not have been deleted.
 */
export class BucketCopy extends Construct {
  readonly bucket: PrivateBucket;
  readonly job: StorageTransferJob;

  constructor(scope: Construct, id: string, { source, copy, transferAgent, hourOfDay = 2 }: BucketCopyProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, "bucket", copy);
    this.job = new StorageTransferJob(this, "job", {
      description: `Daily copy of ${source.name}`,
      transferSpec: {
        gcsDataSource: { bucketName: source.bucket.name },
        gcsDataSink: { bucketName: this.bucket.bucket.name },
        transferOptions: { overwriteObjectsAlreadyExistingInSink: true, deleteObjectsUniqueInSink: false },
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
