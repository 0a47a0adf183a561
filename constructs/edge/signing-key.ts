import type { Construct } from "constructs";
import { ApplyStep } from "../apply-step.ts";
import type { Principal } from "../principal.ts";
import type { PrivateBucket } from "../private-bucket.ts";
import type { SecretVersion } from "../secret.ts";
import type { SignedCdnBucket } from "./signed-cdn-bucket.ts";

export interface SigningKeyProps {
  readonly projectId: string;
  /** 16 bytes in base64url: what the app signs with, and the edge verifies with. */
  readonly secretVersion: SecretVersion;
  /** The key's name is this and the version's number. */
  readonly namePrefix: string;
  readonly backends: readonly SignedCdnBucket[];
  /** The CDN's fill account, which Google makes with a project's first key. */
  readonly fillAgent: Principal;
}

/**
 * The key that signed requests are verified with. It is set during the apply, from a secret's version: the
 * provider's own resource would keep it in Terraform's state. Raising the version adds the new key and keeps the
 * one before, so that what is signed already works until it expires; older ones go.
 */
export class SigningKey extends ApplyStep {
  /** What a signature names. Literal. */
  readonly keyName: string;
  private readonly fillAgent: Principal;

  constructor(scope: Construct, id: string, props: SigningKeyProps) {
    const { secret, version, dependsOn } = props.secretVersion;
    super(scope, id, {
      program: "signing-key",
      input: {
        PROJECT: props.projectId,
        SECRET: secret.name,
        VERSION: String(version),
        KEY_PREFIX: props.namePrefix,
        BACKENDS: props.backends.map(({ name }) => name).join(","),
      },
      dependsOn: [...dependsOn, ...props.backends.map(({ backend }) => backend)],
    });
    this.keyName = `${props.namePrefix}${version}`;
    this.fillAgent = props.fillAgent;
    for (const bucket of new Set(props.backends.map((backend) => backend.bucket))) this.grantFill(bucket);
  }

  /** The fill account may read the bucket, once it exists: with the first key. */
  private grantFill(bucket: PrivateBucket): void {
    bucket.grantRead(this.fillAgent, [this]);
  }
}
