import { Aspects } from "cdktf";
import { expect, test } from "vitest";
import { AlertPolicy } from "../../constructs/alert-policy.ts";
import { Labels } from "../../constructs/labels.ts";
import { MailChannel } from "../../constructs/notification-channel.ts";
import { PrivateBucket } from "../../constructs/private-bucket.ts";
import { inStack } from "./in-stack.ts";

test("labels reach what has labels and what has user labels, and keep what is there", () => {
  const stack = inStack((scope) => {
    new PrivateBucket(scope, "b", { name: "bucket", placement: { kind: "region", region: "europe-west1" } });
    new AlertPolicy(scope, "errors", {
      title: "Errors",
      urgency: "page",
      meaning: "Errors",
      runbook: "https://example.com/errors",
      conditions: [{ kind: "promql", title: "Errors", query: "vector(1)" }],
      channels: [new MailChannel(scope, "mail", { address: "oncall@example.com" })],
    });
    Aspects.of(scope).add(new Labels({ team: "photos", urgency: "swept" }));
  });
  expect(stack.at("b/bucket").fields["labels"]).toEqual({ team: "photos", urgency: "swept" });
  expect(stack.at("errors/policy").fields["user_labels"]).toEqual({
    team: "photos",
    alert: "errors",
    urgency: "page",
  });
});

test.each([
  ["Team", "photos"],
  ["team", "Photos"],
  ["team", "x".repeat(64)],
])("the label %s: %s is refused", (key, value) => {
  expect(() => new Labels({ [key]: value })).toThrow("A label must be lower-case letters");
});
