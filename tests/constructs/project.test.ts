import { expect, test } from "vitest";
import { Budget } from "../../constructs/budget.ts";
import { GoogleApis } from "../../constructs/google-apis.ts";
import { ServiceAccount } from "../../constructs/service-account.ts";
import { inStack } from "./in-stack.ts";

test("an API is named in full", () => {
  expect(() => inStack((stack) => new GoogleApis(stack, "a", { apis: ["run"] }))).toThrow(
    "An API must end with .googleapis.com, got 'run': write its full service name",
  );
});

test("an API stays enabled when its stack goes", () => {
  const [api] = inStack((stack) => new GoogleApis(stack, "a", { apis: ["run.googleapis.com"] })).resources;
  expect(api?.fields).toMatchObject({ disable_on_destroy: false });
});

test("an account's name is what Google takes", () => {
  expect(() =>
    inStack(
      (stack) => new ServiceAccount(stack, "a", { projectId: "acme", name: "Web", displayName: "Web" }),
    ),
  ).toThrow("must be 6 to 30 lower-case letters, digits and hyphens, got 'Web'");
});

test("a budget takes the project's number, and half, nine tenths, all and a forecast of 1.2", () => {
  const props = { name: "photos", billingAccount: "0-0-0", amount: 100, currency: "EUR" };
  const { fields } = inStack((stack) => new Budget(stack, "b", { ...props, projectNumber: "4829" })).at("b");
  expect(fields["budget_filter"]).toMatchObject({ projects: ["projects/4829"] });
  expect(fields["threshold_rules"]).toEqual([
    { threshold_percent: 0.5, spend_basis: "CURRENT_SPEND" },
    { threshold_percent: 0.9, spend_basis: "CURRENT_SPEND" },
    { threshold_percent: 1, spend_basis: "CURRENT_SPEND" },
    { threshold_percent: 1.2, spend_basis: "FORECASTED_SPEND" },
  ]);
  expect(() => inStack((stack) => new Budget(stack, "b", { ...props, projectNumber: "acme" }))).toThrow(
    "'projectNumber' must be the project's number, digits only, got 'acme'",
  );
});
