import { PubsubSubscription } from "@cdktf/provider-google/lib/pubsub-subscription/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { DeadLetter } from "./dead-letter.ts";
import type { ServiceAccountPrincipal } from "./principal.ts";
import type { Topic } from "./topic.ts";

export interface PushSubscriptionProps {
  readonly name: string;
  readonly topic: Topic;
  /** Where messages are posted; an answer of 2xx acknowledges. */
  readonly endpoint: string;
  /** The `aud` of the tokens: a literal that the endpoint accepts, for its address would be a cycle. */
  readonly audience: string;
  /** Whose tokens they are. */
  readonly account: ServiceAccountPrincipal;
  readonly deadLetter: DeadLetter;
  /** How long one delivery may take. @default 60 */
  readonly ackDeadlineSeconds?: number;
  /** Deliveries before a message is dead, 5 to 100. @default 10 */
  readonly deliveryAttempts?: number;
  /** The agent's grant to make tokens of the account, and the endpoint's grant to the account. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Messages of a topic, posted to a service with a token that says who posts. What fails too often is kept apart. */
export class PushSubscription extends Construct {
  readonly name: string;
  readonly subscription: PubsubSubscription;

  constructor(scope: Construct, id: string, props: PushSubscriptionProps) {
    super(scope, id);
    this.name = props.name;
    this.subscription = new PubsubSubscription(this, "subscription", {
      name: props.name,
      topic: props.topic.topic.id,
      ackDeadlineSeconds: props.ackDeadlineSeconds ?? 60,
      messageRetentionDuration: `${7 * 86_400}s`,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
      deadLetterPolicy: {
        deadLetterTopic: props.deadLetter.topic.topic.id,
        maxDeliveryAttempts: props.deliveryAttempts ?? 10,
      },
      pushConfig: {
        pushEndpoint: props.endpoint,
        oidcToken: { serviceAccountEmail: props.account.email, audience: props.audience },
      },
      dependsOn: [...props.dependsOn, ...props.deadLetter.topic.grants],
    });
    props.deadLetter.grantMoving(this, this.subscription);
  }
}
