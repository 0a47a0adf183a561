import { StorageNotification } from "@cdktf/provider-google/lib/storage-notification/index.js";
import type { Construct } from "constructs";
import type { Principal } from "./principal.ts";
import type { PrivateBucket } from "./private-bucket.ts";
import type { Topic } from "./topic.ts";

export interface BucketEventsProps {
  readonly bucket: PrivateBucket;
  readonly topic: Topic;
  /** Cloud Storage's own account, which publishes. */
  readonly storageAgent: Principal;
  /** Only of objects whose names begin with this. @default all */
  readonly prefix?: string;
}

/** A message for every object that is completed in a bucket. */
export class BucketEvents extends StorageNotification {
  constructor(scope: Construct, id: string, { bucket, topic, storageAgent, prefix }: BucketEventsProps) {
    super(scope, id, {
      bucket: bucket.bucket.name,
      topic: topic.topic.id,
      payloadFormat: "JSON_API_V1",
      eventTypes: ["OBJECT_FINALIZE"],
      ...(prefix !== undefined && { objectNamePrefix: prefix }),
      // Google checks at creation that its agent may publish.
      dependsOn: [topic.grantPublish(storageAgent)],
    });
  }
}
