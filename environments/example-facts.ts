import type { Environment } from "./environment.ts";
import { numbersCommand } from "./github-numbers.ts";

/** A fact as it ships: good enough to synthesise and plan, never to be deployed to Google. */
export interface ExampleFact {
  readonly fact: string;
  /** The text as it stands in the environment's file. */
  readonly value: string;
  readonly instead: string;
}

/** The facts that are still the shipped examples, in the order of the file. */
export function findExampleFacts(facts: Environment): readonly ExampleFact[] {
  const found: ExampleFact[] = [];
  const check = (fact: string, value: string, isExample: boolean, instead: string): void => {
    if (isExample) found.push({ fact, value, instead });
  };
  check(
    "project.id",
    facts.project.id,
    /^imgstream-(dev|staging|production)$/.test(facts.project.id),
    "your project's id",
  );
  check(
    "project.number",
    facts.project.number,
    /^10000000000[1-3]$/.test(facts.project.number),
    "your project's number",
  );
  check("domain", facts.domain, isExampleDomain(facts.domain), "a domain of yours");
  for (const [index, who] of facts.access.entries()) {
    check(`access[${index}]`, who, isExampleDomain(who), "who of yours may sign in");
  }
  for (const [index, who] of facts.administrators.entries()) {
    check(`administrators[${index}]`, who, isExampleDomain(who), "an administrator's address");
  }
  for (const [index, client] of facts.programmaticClients.entries()) {
    check(
      `programmaticClients[${index}]`,
      client,
      client.includes("-example."),
      "your desktop OAuth client's id, or remove it",
    );
  }
  for (const [index, address] of facts.alerts.mail.entries()) {
    check(`alerts.mail[${index}]`, address, isExampleDomain(address), "who of yours is on call");
  }
  const { runbooks } = facts.alerts;
  check("alerts.runbooks", runbooks, runbooks.includes("/example/"), "where your docs/runbooks can be read");
  const pager = facts.alerts.pagerChannel ?? "";
  check(
    "alerts.pagerChannel",
    pager,
    pager.endsWith("/1000000000000000001"),
    "your pager's channel, or remove it",
  );
  const { billingAccount } = facts.budget;
  check(
    "budget.billingAccount",
    billingAccount,
    billingAccount === "000000-000000-000000",
    "your billing account",
  );
  if (facts.deployments.kind !== "by-hand") {
    const { repository } = facts.deployments;
    const named = repository.name.startsWith("example/") ? "OWNER/NAME" : repository.name;
    const command = numbersCommand(named);
    check(
      "deployments.repository.name",
      repository.name,
      repository.name.startsWith("example/"),
      "your repository",
    );
    check(
      "deployments.repository.id",
      repository.id,
      repository.id === "1000000001",
      `the first number of ${command}`,
    );
    check(
      "deployments.repository.ownerId",
      repository.ownerId,
      repository.ownerId === "1000000002",
      `the second number of ${command}`,
    );
  }
  return found;
}

/** RFC 2606 reserves example.com for texts like ours: nobody can own it. */
function isExampleDomain(value: string): boolean {
  return /(^|[.@:])example\.com$/.test(value);
}
