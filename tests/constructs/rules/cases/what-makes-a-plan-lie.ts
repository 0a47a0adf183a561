import { BillingBudget } from "@cdktf/provider-google/lib/billing-budget/index.js";
import { DataGoogleIamPolicy } from "@cdktf/provider-google/lib/data-google-iam-policy/index.js";
import { DataGoogleProject } from "@cdktf/provider-google/lib/data-google-project/index.js";
import { MonitoringNotificationChannel } from "@cdktf/provider-google/lib/monitoring-notification-channel/index.js";
import { ProjectService } from "@cdktf/provider-google/lib/project-service/index.js";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import { Fn, DataResource, type TerraformStack } from "cdktf";
import { apiStaysEnabled } from "../../../../constructs/rules/plan/api-stays-enabled.ts";
import { budgetProjectNumber } from "../../../../constructs/rules/plan/budget-project-number.ts";
import { labels } from "../../../../constructs/rules/plan/labels.ts";
import { networkDataSource } from "../../../../constructs/rules/plan/network-data-source.ts";
import { programOutsideStack } from "../../../../constructs/rules/plan/program-outside-stack.ts";
import { randomValue } from "../../../../constructs/rules/plan/random-value.ts";
import { waitingByClock } from "../../../../constructs/rules/plan/waiting-by-clock.ts";
import type { RuleCase } from "./rule-case.ts";

const budget = (stack: TerraformStack, project: string) =>
  new BillingBudget(stack, "it", {
    billingAccount: "000000-000000-000000",
    budgetFilter: { projects: [project] },
    amount: { specifiedAmount: { units: "100" } },
  });

const program = (stack: TerraformStack, command: string) =>
  new DataResource(stack, "it", { provisioners: [{ type: "local-exec", command }] });

export const whatMakesAPlanLie: readonly RuleCase[] = [
  {
    rule: labels,
    breaks: [
      {
        build: (stack) => {
          new StorageBucket(stack, "it", { name: "media", location: "EU" });
          new MonitoringNotificationChannel(stack, "channel", {
            type: "email",
            labels: { email_address: "a@example.com" },
          });
          new StorageBucket(stack, "empty", { name: "empty", location: "EU", labels: {} });
        },
        says: [
          "google_storage_bucket.empty: labels is {}",
          "google_storage_bucket.it: labels is not set",
          "google_monitoring_notification_channel.channel: user_labels is not set",
        ],
      },
    ],
    keeps: (stack) => {
      new StorageBucket(stack, "it", { name: "media", location: "EU", labels: { unit: "imgstream" } });
      new StorageBucketIamMember(stack, "grant", {
        bucket: "media",
        role: "roles/x",
        member: "group:a@example.com",
      });
    },
  },
  {
    rule: networkDataSource,
    breaks: [
      {
        build: (stack) => new DataGoogleProject(stack, "it", {}),
        says: ["data.google_project.it: data.google_project is read from the network at every plan"],
      },
    ],
    keeps: (stack) => new DataGoogleIamPolicy(stack, "it", {}),
  },
  {
    rule: apiStaysEnabled,
    breaks: [
      {
        build: (stack) => new ProjectService(stack, "it", { service: "run.googleapis.com" }),
        says: ["google_project_service.it: disable_on_destroy is not set"],
      },
    ],
    keeps: (stack) =>
      new ProjectService(stack, "it", { service: "run.googleapis.com", disableOnDestroy: false }),
  },
  {
    rule: budgetProjectNumber,
    breaks: [
      {
        build: (stack) => budget(stack, "projects/imgstream-dev"),
        says: ['google_billing_budget.it: budget_filter.projects has "projects/imgstream-dev"'],
      },
    ],
    keeps: (stack) => budget(stack, "projects/100000000001"),
  },
  {
    rule: randomValue,
    breaks: [
      {
        build: (stack) => {
          stack.addOverride("resource.random_id.suffix", { byte_length: 4 });
          new StorageBucket(stack, "it", {
            name: `media-${Fn.formatdate("YYYY", Fn.timestamp())}`,
            location: "EU",
          });
        },
        says: [
          "random_id.suffix: random_id differs from run to run",
          "google_storage_bucket.it: an expression calls timestamp, plantimestamp or uuid",
        ],
      },
    ],
    keeps: (stack) => new StorageBucket(stack, "it", { name: "media", location: "EU" }),
  },
  {
    rule: waitingByClock,
    breaks: [
      {
        build: (stack) => {
          stack.addOverride("resource.time_sleep.a_while", { create_duration: "30s" });
          program(stack, "sleep 30 && curl https://example.com");
        },
        says: [
          "time_sleep.a_while: time_sleep waits for a while",
          "terraform_data.it: a program sleeps: sleep 30 && curl https://example.com",
        ],
      },
    ],
    keeps: (stack) => program(stack, "node asset/ask-until-served.mjs"),
  },
  {
    rule: programOutsideStack,
    breaks: [
      {
        build: (stack) => program(stack, "node ../scripts/push.mjs"),
        says: [
          "terraform_data.it: provisioner.local-exec.command names a path outside the stack: node ../scripts/push.mjs",
        ],
      },
      {
        build: (stack) => program(stack, "/home/ada/imgstream/push.sh"),
        says: [
          "terraform_data.it: provisioner.local-exec.command names a path outside the stack: /home/ada/imgstream/push.sh",
        ],
      },
    ],
    keeps: (stack) => program(stack, "node ${path.module}/assets/push/5D55/push.mjs"),
  },
];
