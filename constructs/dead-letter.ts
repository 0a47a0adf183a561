import { PubsubSubscriptionIamMember } from "@cdktf/provider-google/lib/pubsub-subscription-iam-member/index.js";
import { PubsubSubscription } from "@cdktf/provider-google/lib/pubsub-subscription/index.js";
import { Construct } from "constructs";
import type { ServiceAccountPrincipal } from "./principal.ts";
import { Topic } from "./topic.ts";

export interface DeadLetterProps {
  readonly name: string;
  /** Pub/Sub's own account, which moves what could not be delivered. */
  readonly pubsubAgent: ServiceAccountPrincipal;
  /** @default wherever it was published */
  readonly regions?: readonly string[];
}

/** Where undeliverable messages go, and a subscription that keeps them for 31 days until somebody looks. */
export class DeadLetter extends Construct {
  readonly topic: Topic;
  readonly subscription: PubsubSubscription;
  /** Literal: alerts name it. */
  readonly subscriptionName: string;
  readonly pubsubAgent: ServiceAccountPrincipal;

  constructor(scope: Construct, id: string, { name, pubsubAgent, regions }: DeadLetterProps) {
    super(scope, id);
    this.subscriptionName = name;
    this.pubsubAgent = pubsubAgent;
    this.topic = new Topic(this, "letters", { name, ...(regions && { regions }), keepDays: 31 });
    this.topic.grantPublish(pubsubAgent);
    this.subscription = new PubsubSubscription(this, "kept", {
      name,
      topic: this.topic.topic.id,
      messageRetentionDuration: `${31 * 86_400}s`,
      ackDeadlineSeconds: 60,
      // Unwritten, an idle subscription is deleted after 31 days.
      expirationPolicy: { ttl: "" },
    });
  }
  /** Lets Pub/Sub move a subscription's messages here: moving is acknowledging them there. */
  grantMoving(scope: Construct, from: PubsubSubscription): PubsubSubscriptionIamMember {
    return new PubsubSubscriptionIamMember(scope, "move-dead", {
      subscription: from.name,
      role: "roles/pubsub.subscriber",
      member: this.pubsubAgent.member,
    });
  }
}
