import type { Environment } from "./environment.ts";
import type { Fault } from "./fault.ts";
import {
  email,
  forbiddenMembers,
  member,
  notificationChannel,
  oauthClient,
  runbooksAddress,
} from "./patterns.ts";

export function findAccessFaults({ access }: Environment): Fault[] {
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
  return faults;
}

export function findAdministratorFaults({ administrators }: Environment): Fault[] {
  const faults: Fault[] = [];
  for (const [index, who] of administrators.entries()) {
    if (!email.test(who)) {
      faults.push({ fact: `administrators[${index}]`, received: who, instead: "must be an e-mail address" });
    }
  }
  return faults;
}

export function findClientFaults({ programmaticClients }: Environment): Fault[] {
  const faults: Fault[] = [];
  for (const [index, client] of programmaticClients.entries()) {
    if (!oauthClient.test(client)) {
      faults.push({
        fact: `programmaticClients[${index}]`,
        received: client,
        instead: "must be an OAuth client's id, NUMBER-LETTERS.apps.googleusercontent.com",
      });
    }
  }
  return faults;
}

export function findAlertFaults({ alerts }: Environment): Fault[] {
  const faults: Fault[] = [];
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
