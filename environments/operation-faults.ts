import type { Environment } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { isWholeBetween } from "./whole-number.ts";

export function findVersionFaults({ secretVersions }: Environment): Fault[] {
  const faults: Fault[] = [];
  for (const [secret, version] of Object.entries(secretVersions)) {
    faults.push(...findVersionFault(`secretVersions.${secret}`, version));
  }
  return faults;
}

/** What a secret's version must be. */
export function findVersionFault(fact: string, version: number): Fault[] {
  if (isWholeBetween(version, 1, Infinity)) return [];
  const instead =
    "must be a whole number from 1: the first version is 1, and raising it by one rotates the secret";
  return [{ fact, received: version, instead }];
}

export function findAuditFaults({ auditLog }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (!isWholeBetween(auditLog.retentionDays, 1, 3650)) {
    faults.push({
      fact: "auditLog.retentionDays",
      received: auditLog.retentionDays,
      instead: "must be whole days from 1 to 3650",
    });
  }
  return faults;
}

export function findBudgetFaults({ budget }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (!/^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/.test(budget.billingAccount)) {
    faults.push({
      fact: "budget.billingAccount",
      received: budget.billingAccount,
      instead:
        "must be three groups of six hexadecimal digits in capitals, as `gcloud billing accounts list` prints it",
    });
  }
  if (!isWholeBetween(budget.amount, 1, Infinity)) {
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
  return faults;
}
