import { CloudSchedulerJob } from "@cdktf/provider-google/lib/cloud-scheduler-job/index.js";
import { PubsubSubscription } from "@cdktf/provider-google/lib/pubsub-subscription/index.js";
import { PubsubTopicIamMember } from "@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js";
import { StorageNotification } from "@cdktf/provider-google/lib/storage-notification/index.js";
import { deadLetter } from "../../../../constructs/rules/messaging/dead-letter.ts";
import { expiringSubscription } from "../../../../constructs/rules/messaging/expiring-subscription.ts";
import { notificationGrantFirst } from "../../../../constructs/rules/messaging/notification-grant-first.ts";
import { pushIdentity } from "../../../../constructs/rules/messaging/push-identity.ts";
import type { RuleCase } from "./rule-case.ts";

const pushEndpoint = "https://worker.example.com/events";
const serviceAccountEmail = "push@p.iam.gserviceaccount.com";

export const messages: readonly RuleCase[] = [
  {
    rule: pushIdentity,
    breaks: [
      {
        build: (stack) => {
          new PubsubSubscription(stack, "it", { name: "s", topic: "t", pushConfig: { pushEndpoint } });
          new CloudSchedulerJob(stack, "job", { name: "j", httpTarget: { uri: pushEndpoint } });
        },
        says: [
          "google_pubsub_subscription.it: push_config has no oidc_token",
          "google_cloud_scheduler_job.job: http_target has neither oidc_token nor oauth_token",
        ],
      },
    ],
    keeps: (stack) => {
      new PubsubSubscription(stack, "it", {
        name: "s",
        topic: "t",
        pushConfig: { pushEndpoint, oidcToken: { serviceAccountEmail } },
      });
      new CloudSchedulerJob(stack, "job", {
        name: "j",
        httpTarget: { uri: pushEndpoint, oauthToken: { serviceAccountEmail } },
      });
    },
  },
  {
    rule: deadLetter,
    breaks: [
      {
        build: (stack) =>
          new PubsubSubscription(stack, "it", { name: "s", topic: "t", pushConfig: { pushEndpoint } }),
        says: ["google_pubsub_subscription.it: dead_letter_policy is not set"],
      },
    ],
    keeps: (stack) => {
      new PubsubSubscription(stack, "it", {
        name: "s",
        topic: "t",
        pushConfig: { pushEndpoint },
        deadLetterPolicy: { deadLetterTopic: "dead", maxDeliveryAttempts: 10 },
      });
      new PubsubSubscription(stack, "dead", { name: "dead", topic: "dead" });
    },
  },
  {
    rule: expiringSubscription,
    breaks: [
      {
        build: (stack) => {
          new PubsubSubscription(stack, "it", { name: "s", topic: "t" });
          new PubsubSubscription(stack, "soon", {
            name: "q",
            topic: "t",
            expirationPolicy: { ttl: "86400s" },
          });
        },
        says: [
          "google_pubsub_subscription.it: expiration_policy.ttl is not set",
          'google_pubsub_subscription.soon: expiration_policy.ttl is "86400s"',
        ],
      },
    ],
    keeps: (stack) =>
      new PubsubSubscription(stack, "it", { name: "s", topic: "t", expirationPolicy: { ttl: "" } }),
  },
  {
    rule: notificationGrantFirst,
    breaks: [
      {
        build: (stack) => {
          new PubsubTopicIamMember(stack, "grant", {
            topic: "t",
            role: "roles/pubsub.publisher",
            member: "serviceAccount:gs",
          });
          new StorageNotification(stack, "it", { bucket: "b", topic: "t", payloadFormat: "JSON_API_V1" });
        },
        says: ["google_storage_notification.it: waits for no roles/pubsub.publisher grant"],
      },
    ],
    keeps: (stack) => {
      const grant = new PubsubTopicIamMember(stack, "grant", {
        topic: "t",
        role: "roles/pubsub.publisher",
        member: "serviceAccount:gs",
      });
      new StorageNotification(stack, "it", {
        bucket: "b",
        topic: "t",
        payloadFormat: "JSON_API_V1",
        dependsOn: [grant],
      });
    },
  },
];
