import { SecretManagerSecretIamMember } from "@cdktf/provider-google/lib/secret-manager-secret-iam-member/index.js";
import { SecretManagerSecret } from "@cdktf/provider-google/lib/secret-manager-secret/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";

export interface SecretProps {
  /** The secret's id in its project. */
  readonly name: string;
  /** Where its values are kept. @default every region, as Google chooses */
  readonly regions?: readonly string[];
  /** Refuses its destruction. @default true: its values cannot be had back */
  readonly deletionProtection?: boolean;
}

/** One version of a secret, by its number: `latest` would roll no revision when the value changes. */
export interface SecretVersion {
  readonly secret: Secret;
  readonly version: number;
  /** What must be there before the version can be read: the grants, and the step that makes it. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** A secret without a value: values are made at apply time and never pass through synthesis, plan or state. */
export class Secret extends Construct {
  readonly name: string;
  readonly secret: SecretManagerSecret;
  readonly grants: SecretManagerSecretIamMember[] = [];

  constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    this.name = props.name;
    const deletionProtection = props.deletionProtection ?? true;
    this.secret = new SecretManagerSecret(this, "secret", {
      secretId: props.name,
      deletionProtection,
      replication:
        props.regions === undefined
          ? { auto: {} }
          : { userManaged: { replicas: props.regions.map((location) => ({ location })) } },
      lifecycle: { preventDestroy: deletionProtection },
    });
  }

  /** May read the values of its versions. */
  grantRead(who: Principal): SecretManagerSecretIamMember {
    const member = new SecretManagerSecretIamMember(this, `read-${who.id}`, {
      secretId: this.secret.id,
      role: "roles/secretmanager.secretAccessor",
      member: who.member,
    });
    this.grants.push(member);
    return member;
  }

  /**
   * The version of this number, as environment of a service or job.
   *
   * @param madeBy the steps that make it, if it is not there already
   */
  version(version: number, madeBy: readonly ITerraformDependable[] = []): SecretVersion {
    if (!Number.isInteger(version) || version < 1) {
      throw new Error(`A secret's version must be a whole number from 1, got ${version}`);
    }
    return { secret: this, version, dependsOn: [...this.grants, ...madeBy] };
  }
}
