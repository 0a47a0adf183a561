import type { Construct } from "constructs";
import { CdnBucket, originHeaderPolicy } from "./cdn-bucket.ts";
import type { CdnBucketProps } from "./cdn-bucket.ts";

/**
 * Private objects at the edge, for requests that carry a signature. The edge only *forwards* requests without
 * one; what refuses them is the bucket, as long as nobody but the CDN's fill account was granted it
 * (`SigningKey.grantFill`). Never grant the load balancer's account here: it serves unsigned requests.
 */
export class SignedCdnBucket extends CdnBucket {
  constructor(scope: Construct, id: string, props: CdnBucketProps) {
    super(scope, id, props, {
      compressionMode: "DISABLED",
      cdnPolicy: { ...originHeaderPolicy, signedUrlCacheMaxAgeSec: 3600 },
    });
  }
}
