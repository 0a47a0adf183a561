import { expect, test } from "vitest";
import type { Environment } from "../../environments/environment.ts";
import { findExampleFacts } from "../../environments/example-facts.ts";
import { environments } from "../../environments/index.ts";

test("every fact that ships as an example is found", () => {
  expect(findExampleFacts(environments.production).map(({ fact }) => fact)).toEqual([
    "project.id",
    "project.number",
    "domain",
    "access[0]",
    "administrators[0]",
    "programmaticClients[0]",
    "alerts.mail[0]",
    "alerts.runbooks",
    "alerts.pagerChannel",
    "budget.billingAccount",
    "deployments.repository.name",
    "deployments.repository.id",
    "deployments.repository.ownerId",
  ]);
});

test("a number that is still the example's is asked for by the name that stands beside it", () => {
  const repository = { name: "acme/photos", id: "703921845", ownerId: "1000000002" };
  const deployments = { kind: "from-branch", repository, branch: "main" } as const;
  const [found, ...others] = findExampleFacts({ ...environments.production, deployments }).filter(
    ({ fact }) => fact.startsWith("deployments"),
  );
  expect(others).toEqual([]);
  expect(found?.fact).toBe("deployments.repository.ownerId");
  expect(found?.instead).toBe("the second number of `gh api repos/acme/photos --jq '.id, .owner.id'`");
});

test("facts of one's own are no examples", () => {
  const facts: Environment = {
    ...environments.dev,
    project: { id: "acme-photos-dev", number: "482910475629" },
    domain: "photos.acme.org",
    access: ["group:everyone@acme.org"],
    administrators: ["ada@acme.org"],
    programmaticClients: [],
    alerts: { mail: ["oncall@acme.org"], runbooks: "https://git.acme.org/photos/runbooks" },
    budget: { billingAccount: "01A2B3-4C5D6E-7F8A9B", amount: 100, currency: "EUR" },
  };
  expect(findExampleFacts(facts)).toEqual([]);
});
