import { ArtifactRegistryRepositoryIamMember } from "@cdktf/provider-google/lib/artifact-registry-repository-iam-member/index.js";
import { ArtifactRegistryRepository } from "@cdktf/provider-google/lib/artifact-registry-repository/index.js";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";

export interface ContainerRegistryProps {
  readonly projectId: string;
  readonly region: string;
  /** The repository's id. */
  readonly name: string;
  /** How long manifests without a tag are kept, in days. @default 30 */
  readonly keepUntaggedDays?: number;
  /** Refuses its destruction. @default true: the way back needs the older images */
  readonly deletionProtection?: boolean;
}

/**
 * A Docker repository whose tags cannot be moved. Its clean-up sees age and tags, not what is deployed, so it
 * deletes only what carries no tag.
 */
export class ContainerRegistry extends Construct {
  /** `europe-west1-docker.pkg.dev/PROJECT/NAME`: what an image's name begins with. Literal. */
  readonly prefix: string;
  readonly repository: ArtifactRegistryRepository;
  readonly grants: ArtifactRegistryRepositoryIamMember[] = [];

  constructor(scope: Construct, id: string, props: ContainerRegistryProps) {
    super(scope, id);
    this.prefix = `${props.region}-docker.pkg.dev/${props.projectId}/${props.name}`;
    this.repository = new ArtifactRegistryRepository(this, "repository", {
      repositoryId: props.name,
      location: props.region,
      format: "DOCKER",
      dockerConfig: { immutableTags: true },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [
        {
          id: "delete-untagged",
          action: "DELETE",
          condition: { tagState: "UNTAGGED", olderThan: `${(props.keepUntaggedDays ?? 30) * 86_400}s` },
        },
      ],
      lifecycle: { preventDestroy: props.deletionProtection ?? true },
    });
  }

  /** Changes when the registry is made anew, and empty. */
  get birth(): string {
    return this.repository.createTime;
  }

  grantPull(who: Principal): ArtifactRegistryRepositoryIamMember {
    return this.grant("pull", "roles/artifactregistry.reader", who);
  }

  /** May push new tags and pull; the tags that are there stay. */
  grantPush(who: Principal): ArtifactRegistryRepositoryIamMember {
    return this.grant("push", "roles/artifactregistry.writer", who);
  }

  private grant(verb: string, role: string, who: Principal): ArtifactRegistryRepositoryIamMember {
    const member = new ArtifactRegistryRepositoryIamMember(this, `${verb}-${who.id}`, {
      location: this.repository.location,
      repository: this.repository.name,
      role,
      member: who.member,
    });
    this.grants.push(member);
    return member;
  }
}
