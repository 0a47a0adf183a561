import { CelScalar, celEnv, mapType, parse, plan } from "@bufbuild/cel";
import { expect, test } from "vitest";
import { GithubFederation, type GithubFederationProps } from "../../constructs/github-federation.ts";
import { ServiceAccount } from "../../constructs/service-account.ts";
import { inStack } from "./in-stack.ts";

const federation = {
  projectNumber: "1",
  repository: { name: "acme/photos", id: "703921845", ownerId: "51840277" },
};
const repository =
  "assertion.repository_id == '703921845' && assertion.repository_owner_id == '51840277' && assertion.repository == 'acme/photos'";
const events = "assertion.event_name in ['push', 'workflow_dispatch', 'schedule']";

test.each([
  [{ branch: "main" }, `${repository} && assertion.ref == 'refs/heads/main' && ${events}`],
  [{ environment: "production" }, `${repository} && assertion.environment == 'production' && ${events}`],
])("runs pass only by %o", (only, condition) => {
  const { fields } = inStack((stack) => new GithubFederation(stack, "g", { ...federation, only })).at(
    "g/provider",
  );
  expect(fields["attribute_condition"]).toBe(condition);
});

/** Whether Google would take the token of a run: the condition is CEL over the token's claims. */
function isLetIn(
  props: Pick<GithubFederationProps, "only" | "events">,
  claims: Readonly<Record<string, string>>,
) {
  const { fields } = inStack((stack) => new GithubFederation(stack, "g", { ...federation, ...props })).at(
    "g/provider",
  );
  const environment = celEnv({ variables: { assertion: mapType(CelScalar.STRING, CelScalar.STRING) } });
  const result = plan(
    environment,
    parse(String(fields["attribute_condition"])),
  )({
    assertion: new Map(Object.entries(claims)),
  });
  return result === true;
}

const own = { repository: "acme/photos", repository_id: "703921845", repository_owner_id: "51840277" };
const main = { ...own, ref: "refs/heads/main" };

test("a push to the branch, a dispatch on it and a schedule are let in", () => {
  for (const event_name of ["push", "workflow_dispatch", "schedule"])
    expect(isLetIn({ only: { branch: "main" } }, { ...main, event_name })).toBe(true);
});

test.each(["pull_request_target", "workflow_run", "issue_comment", "repository_dispatch"])(
  "a run of %s is not let in, though its token bears the branch, nor within the environment",
  (event_name) => {
    expect(isLetIn({ only: { branch: "main" } }, { ...main, event_name })).toBe(false);
    const inside = { ...main, environment: "production", event_name };
    expect(isLetIn({ only: { environment: "production" } }, inside)).toBe(false);
    expect(isLetIn({ only: { environment: "production" } }, { ...inside, event_name: "push" })).toBe(true);
  },
);

test("neither another branch nor another repository of the name is let in", () => {
  const only = { branch: "main" };
  expect(isLetIn({ only }, { ...main, event_name: "push", ref: "refs/heads/main2" })).toBe(false);
  expect(isLetIn({ only }, { ...main, event_name: "push", repository_id: "1" })).toBe(false);
  expect(isLetIn({ only }, { ...main, event_name: "push", repository_owner_id: "1" })).toBe(false);
});

test("the events are those that are named", () => {
  const props = { only: { environment: "production" }, events: ["release"] } as const;
  const inside = { ...own, environment: "production", ref: "refs/tags/v1" };
  expect(isLetIn(props, { ...inside, event_name: "release" })).toBe(true);
  expect(isLetIn(props, { ...inside, event_name: "push" })).toBe(false);
  expect(() => isLetIn({ ...props, events: [] }, inside)).toThrow(
    "'events' must name at least one event, got none",
  );
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
