import { findDeploymentFaults } from "./deployment-faults.ts";
import type { Environment } from "./environment.ts";
import { environmentNames } from "./environment.ts";
import type { Fault } from "./fault.ts";
import {
  email,
  forbiddenMembers,
  hostName,
  member,
  notificationChannel,
  oauthClient,
  projectId,
  projectNumber,
  regionName,
  runbooksAddress,
} from "./patterns.ts";
import { findContainerFaults, findLimitFaults, findRequestFaults, findServiceFaults } from "./size-faults.ts";
import { findStorageFaults } from "./storage-faults.ts";

/** Every fault of the facts, in the order of the file. Pure: asks nothing but its argument. */
export function findFaults(facts: Environment): readonly Fault[] {
  return [
    ...findPlaceFaults(facts),
    ...findPeopleFaults(facts),
    ...findServiceFaults("web", facts.web),
    ...findRequestFaults("web", facts.web),
    ...findLimitFaults(facts),
    ...findServiceFaults("worker", facts.worker),
    ...findContainerFaults("maintenance", facts.maintenance),
    ...findStorageFaults(facts),
    ...findOperationFaults(facts),
  ];
}

function findPlaceFaults({ name, project, regions, domain }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (!environmentNames.includes(name)) {
    faults.push({ fact: "name", received: name, instead: `must be one of ${environmentNames.join(", ")}` });
  }
  if (!projectId.test(project.id)) {
    faults.push({
      fact: "project.id",
      received: project.id,
      instead: "must be a project's id: 6 to 30 lower-case letters, digits and hyphens, a letter first",
    });
  }
  if (!projectNumber.test(project.number)) {
    faults.push({
      fact: "project.number",
      received: project.number,
      instead:
        "must be the project's number, digits only: `gcloud projects describe` prints it as projectNumber",
    });
  }
  if (regions.length === 0) {
    faults.push({ fact: "regions", received: regions, instead: "must name at least one region" });
  }
  for (const [index, region] of regions.entries()) {
    const fact = `regions[${index}]`;
    if (!regionName.test(region)) {
      faults.push({ fact, received: region, instead: "must be a region such as europe-west1 (not a zone)" });
    } else if (regions.indexOf(region) < index) {
      faults.push({ fact, received: region, instead: "must be named once: remove the repetition" });
    }
  }
  if (!hostName.test(domain)) {
    faults.push({
      fact: "domain",
      received: domain,
      instead: "must be a bare host name such as photos.example.com, without scheme, port or slash",
    });
  }
  return faults;
}

function findPeopleFaults({ access, administrators, programmaticClients, alerts }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (access.length === 0) {
    faults.push({ fact: "access", received: access, instead: "must name who may sign in: nobody could" });
  }
  for (const [index, who] of access.entries()) {
    const fact = `access[${index}]`;
    if (forbiddenMembers.has(who)) {
      faults.push({ fact, received: who, instead: "must not be everyone: write group:NAME@DOMAIN" });
    } else if (!member.test(who)) {
      faults.push({
        fact,
        received: who,
        instead: "must be user:…, group:…, serviceAccount:… with an address, or domain:… with a domain",
      });
    }
  }
  for (const [index, who] of administrators.entries()) {
    if (!email.test(who)) {
      faults.push({ fact: `administrators[${index}]`, received: who, instead: "must be an e-mail address" });
    }
  }
  for (const [index, client] of programmaticClients.entries()) {
    if (!oauthClient.test(client)) {
      faults.push({
        fact: `programmaticClients[${index}]`,
        received: client,
        instead: "must be an OAuth client's id, NUMBER-LETTERS.apps.googleusercontent.com",
      });
    }
  }
  if (alerts.mail.length === 0) {
    faults.push({ fact: "alerts.mail", received: alerts.mail, instead: "must name at least one address" });
  }
  for (const [index, address] of alerts.mail.entries()) {
    if (!email.test(address)) {
      faults.push({ fact: `alerts.mail[${index}]`, received: address, instead: "must be an e-mail address" });
    }
  }
  if (!runbooksAddress.test(alerts.runbooks)) {
    faults.push({
      fact: "alerts.runbooks",
      received: alerts.runbooks,
      instead: "must be the https address of docs/runbooks as a browser shows it, without a slash at the end",
    });
  }
  if (alerts.pagerChannel !== undefined && !notificationChannel.test(alerts.pagerChannel)) {
    faults.push({
      fact: "alerts.pagerChannel",
      received: alerts.pagerChannel,
      instead: "must be projects/PROJECT/notificationChannels/NUMBER of a channel made by hand",
    });
  }
  return faults;
}

function findOperationFaults({ secretVersions, redis, budget, deployments, auditLog }: Environment): Fault[] {
  const faults: Fault[] = [];
  const versions = {
    ...Object.fromEntries(
      Object.entries(secretVersions).map(([secret, version]) => [`secretVersions.${secret}`, version]),
    ),
    ...(redis.tier !== "none" && { "redis.passwordVersion": redis.passwordVersion }),
  };
  for (const [fact, version] of Object.entries(versions)) {
    if (!Number.isInteger(version) || version < 1) {
      faults.push({
        fact,
        received: version,
        instead:
          "must be a whole number from 1: the first version is 1, and raising it by one rotates the secret",
      });
    }
  }
  if (
    !Number.isInteger(auditLog.retentionDays) ||
    auditLog.retentionDays < 1 ||
    auditLog.retentionDays > 3650
  ) {
    faults.push({
      fact: "auditLog.retentionDays",
      received: auditLog.retentionDays,
      instead: "must be whole days from 1 to 3650",
    });
  }
  if (!/^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/.test(budget.billingAccount)) {
    faults.push({
      fact: "budget.billingAccount",
      received: budget.billingAccount,
      instead:
        "must be three groups of six hexadecimal digits in capitals, as `gcloud billing accounts list` prints it",
    });
  }
  if (!Number.isInteger(budget.amount) || budget.amount < 1) {
    faults.push({
      fact: "budget.amount",
      received: budget.amount,
      instead: "must be a whole amount from 1 a month",
    });
  }
  if (!/^[A-Z]{3}$/.test(budget.currency)) {
    faults.push({
      fact: "budget.currency",
      received: budget.currency,
      instead: "must be a code such as EUR",
    });
  }
  faults.push(...findDeploymentFaults(deployments));
  return faults;
}
