import { PubsubTopicIamMember } from "@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js";
import { PubsubTopic } from "@cdktf/provider-google/lib/pubsub-topic/index.js";
import { Construct } from "constructs";
import type { Principal } from "./principal.ts";

export interface TopicProps {
  readonly name: string;
  /** Messages are kept in these regions only. @default wherever they were published */
  readonly regions?: readonly string[];
  /** How long published messages can be delivered again, in days, at most 31. @default 7 */
  readonly keepDays?: number;
}

/** A topic of Pub/Sub to which nobody can publish until granted. */
export class Topic extends Construct {
  readonly name: string;
  readonly topic: PubsubTopic;
  readonly grants: PubsubTopicIamMember[] = [];

  constructor(scope: Construct, id: string, { name, regions, keepDays = 7 }: TopicProps) {
    super(scope, id);
    this.name = name;
    this.topic = new PubsubTopic(this, "topic", {
      name,
      messageRetentionDuration: `${keepDays * 86_400}s`,
      ...(regions && { messageStoragePolicy: { allowedPersistenceRegions: [...regions] } }),
    });
  }

  grantPublish(who: Principal): PubsubTopicIamMember {
    const member = new PubsubTopicIamMember(this, `publish-${who.id}`, {
      topic: this.topic.name,
      role: "roles/pubsub.publisher",
      member: who.member,
    });
    this.grants.push(member);
    return member;
  }
}
