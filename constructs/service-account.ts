import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member/index.js";
import { ServiceAccountIamMember } from "@cdktf/provider-google/lib/service-account-iam-member/index.js";
import { ServiceAccount as GoogleServiceAccount } from "@cdktf/provider-google/lib/service-account/index.js";
import { Construct } from "constructs";
import { grantId } from "./grant-id.ts";
import type { Principal, ServiceAccountPrincipal } from "./principal.ts";

export interface ServiceAccountProps {
  readonly projectId: string;
  /** The part before the `@`: 6 to 30 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** What the account is for, in a few words. */
  readonly displayName: string;
}

/** What a grant holds for: https://cloud.google.com/iam/docs/conditions-overview */
export interface GrantCondition {
  /** What it says, in a few words. */
  readonly title: string;
  /** In CEL, over `resource` and `request`. */
  readonly expression: string;
}

/** A service account without any key: what runs as it, or acts as it, is granted that. */
export class ServiceAccount extends Construct implements ServiceAccountPrincipal {
  readonly id: string;
  readonly email: string;
  readonly member: string;
  readonly account: GoogleServiceAccount;
  private readonly projectId: string;

  constructor(scope: Construct, id: string, props: ServiceAccountProps) {
    super(scope, id);
    if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(props.name)) {
      throw new Error(
        `A service account's name must be 6 to 30 lower-case letters, digits and hyphens, got '${props.name}'`,
      );
    }
    this.id = id;
    this.projectId = props.projectId;
    this.account = new GoogleServiceAccount(this, "account", {
      accountId: props.name,
      displayName: props.displayName,
    });
    // Literal: a reference would make every grant's member unknown until the account exists.
    this.email = `${props.name}@${props.projectId}.iam.gserviceaccount.com`;
    this.member = `serviceAccount:${this.email}`;
  }

  /**
   * Grants this account a role on the whole project. For one thing's role, ask the thing (`bucket.grantRead`).
   *
   * @param condition what it holds for; default: everything in the project
   */
  addProjectRole(role: string, condition?: GrantCondition): ProjectIamMember {
    return new ProjectIamMember(this, grantId("project", role), {
      project: this.projectId,
      role,
      member: this.member,
      ...(condition && { condition: { ...condition } }),
      dependsOn: [this.account],
    });
  }

  /** Lets another run services as this account. */
  grantActAs(who: Principal): ServiceAccountIamMember {
    return this.grant("act-as", "roles/iam.serviceAccountUser", who);
  }

  /** Lets another make tokens, signed addresses and signed JWTs of this account; itself included. */
  grantTokenCreation(who: Principal): ServiceAccountIamMember {
    return this.grant("create-tokens", "roles/iam.serviceAccountTokenCreator", who);
  }

  /** Lets an identity of another provider (GitHub's, say) be this account. */
  grantFederation(who: Principal): ServiceAccountIamMember {
    return this.grant("federate", "roles/iam.workloadIdentityUser", who);
  }

  /** Grants any other role on this account; the verb names the grant's construct. */
  grantRole(role: string, who: Principal, verb: string): ServiceAccountIamMember {
    return this.grant(verb, role, who);
  }

  private grant(verb: string, role: string, who: Principal): ServiceAccountIamMember {
    return new ServiceAccountIamMember(this, `${verb}-${who.id}`, {
      serviceAccountId: this.account.name,
      role,
      member: who.member,
    });
  }
}
