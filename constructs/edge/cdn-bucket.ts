import { ComputeBackendBucket } from "@cdktf/provider-google/lib/compute-backend-bucket/index.js";
import type { ComputeBackendBucketConfig } from "@cdktf/provider-google/lib/compute-backend-bucket/index.js";
import { Construct } from "constructs";
import type { PrivateBucket } from "../private-bucket.ts";
import type { BucketFirewall } from "./bucket-firewall.ts";

export interface CdnBucketProps {
  readonly name: string;
  readonly bucket: PrivateBucket;
  /** @default none */
  readonly firewall?: BucketFirewall;
  /** Added to every reply, as `Name: value`, beside `X-Content-Type-Options: nosniff`. @default none */
  readonly responseHeaders?: readonly string[];
}

/** A bucket behind a global load balancer and its cache. What may be read through it, its subclasses decide. */
export abstract class CdnBucket extends Construct {
  readonly name: string;
  readonly bucket: PrivateBucket;
  readonly backend: ComputeBackendBucket;

  constructor(scope: Construct, id: string, props: CdnBucketProps, own: Partial<ComputeBackendBucketConfig>) {
    super(scope, id);
    this.name = props.name;
    this.bucket = props.bucket;
    this.backend = new ComputeBackendBucket(this, "backend", {
      name: props.name,
      bucketName: props.bucket.bucket.name,
      enableCdn: true,
      customResponseHeaders: ["X-Content-Type-Options: nosniff", ...(props.responseHeaders ?? [])],
      ...(props.firewall && { edgeSecurityPolicy: props.firewall.policyLink }),
      ...own,
    });
  }
}

/** Objects say themselves how long they may be kept. Google writes these fields back, so all are written. */
export const originHeaderPolicy = {
  cacheMode: "USE_ORIGIN_HEADERS",
  requestCoalescing: true,
  negativeCaching: false,
  serveWhileStale: 0,
} as const;
