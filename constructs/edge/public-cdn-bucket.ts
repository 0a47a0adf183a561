import type { Construct } from "constructs";
import type { Principal } from "../principal.ts";
import { CdnBucket, originHeaderPolicy } from "./cdn-bucket.ts";
import type { CdnBucketProps } from "./cdn-bucket.ts";

export interface PublicCdnBucketProps extends CdnBucketProps {
  /** The load balancer's own account, which may then read every object for anybody who asks. */
  readonly loadBalancerAgent: Principal;
}

/**
 * Objects that everybody who knows their address may have: the hashed files of a page, or shares with unguessable
 * ids. The bucket itself stays private; only the load balancer reads it.
 */
export class PublicCdnBucket extends CdnBucket {
  constructor(scope: Construct, id: string, { loadBalancerAgent, ...props }: PublicCdnBucketProps) {
    super(scope, id, props, { compressionMode: "AUTOMATIC", cdnPolicy: originHeaderPolicy });
    props.bucket.grantRead(loadBalancerAgent);
  }
}
