import { expect, test } from "vitest";
import { Budget } from "../../constructs/budget.ts";
import { GithubFederation } from "../../constructs/github-federation.ts";
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

const federation = {
  projectNumber: "1",
  repository: { name: "acme/photos", id: "703921845", ownerId: "51840277" },
};
const repository =
  "assertion.repository_id == '703921845' && assertion.repository_owner_id == '51840277' && assertion.repository == 'acme/photos'";

test.each([
  [{ branch: "main" }, `${repository} && assertion.ref == 'refs/heads/main'`],
  [{ environment: "production" }, `${repository} && assertion.environment == 'production'`],
])("runs pass only by %o", (only, condition) => {
  const { fields } = inStack((stack) => new GithubFederation(stack, "g", { ...federation, only })).at(
    "g/provider",
  );
  expect(fields["attribute_condition"]).toBe(condition);
});

test("who may act as an account is found by the repository's number: a name can be taken over", () => {
  const [grant] = inStack((stack) => {
    const github = new GithubFederation(stack, "g", { ...federation, only: { branch: "main" } });
    new ServiceAccount(stack, "a", {
      projectId: "acme",
      name: "photos-deployer",
      displayName: "Deployer",
    }).grantFederation(github.runs);
  }).ofType("google_service_account_iam_member");
  expect(grant?.fields["role"]).toBe("roles/iam.workloadIdentityUser");
  expect(grant?.fields["member"]).toMatch(/^principalSet:.*\/attribute\.repository_id\/703921845$/);
});

test("a repository without its number is refused, saying how to ask for it", () => {
  expect(() =>
    inStack(
      (stack) =>
        new GithubFederation(stack, "g", {
          ...federation,
          repository: { ...federation.repository, ownerId: "acme" },
          only: { branch: "main" },
        }),
    ),
  ).toThrow(
    "'repository.ownerId' must be GitHub's number, digits only, got 'acme': `gh api repos/acme/photos --jq '.id, .owner.id'` prints",
  );
});

test("a name that would end the condition is refused", () => {
  expect(() =>
    inStack(
      (stack) => new GithubFederation(stack, "g", { ...federation, only: { branch: "x' || '1' == '1" } }),
    ),
  ).toThrow("must be letters, digits, '.', '_', '/' and '-', got 'x' || '1' == '1'");
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
