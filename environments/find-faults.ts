import { findDeploymentFaults } from "./deployment-faults.ts";
import { environmentShape } from "./environment-shape.ts";
import type { Environment } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { findAuditFaults, findBudgetFaults, findVersionFaults } from "./operation-faults.ts";
import {
  findAccessFaults,
  findAdministratorFaults,
  findAlertFaults,
  findClientFaults,
} from "./people-faults.ts";
import { findDomainFaults, findProjectFaults, findRegionFaults } from "./place-faults.ts";
import { findShapeFaults } from "./shape.ts";
import { findContainerFaults, findLimitFaults, findRequestFaults, findServiceFaults } from "./size-faults.ts";
import {
  findProtectionFaults,
  findRedisFaults,
  findStateFaults,
  findStorageFaults,
} from "./storage-faults.ts";

interface Judge {
  /** The facts that it looks at: it is left out where one of them has not even its shape. */
  readonly of: readonly (keyof Environment)[];
  readonly find: (facts: Environment) => readonly Fault[];
}

const judges: readonly Judge[] = [
  { of: ["project"], find: findProjectFaults },
  { of: ["regions"], find: findRegionFaults },
  { of: ["domain"], find: findDomainFaults },
  { of: ["access"], find: findAccessFaults },
  { of: ["administrators"], find: findAdministratorFaults },
  { of: ["programmaticClients"], find: findClientFaults },
  { of: ["alerts"], find: findAlertFaults },
  { of: ["web"], find: ({ web }) => [...findServiceFaults("web", web), ...findRequestFaults("web", web)] },
  { of: ["limitsPerPerson"], find: findLimitFaults },
  { of: ["worker"], find: ({ worker }) => findServiceFaults("worker", worker) },
  { of: ["maintenance"], find: ({ maintenance }) => findContainerFaults("maintenance", maintenance) },
  { of: ["storage"], find: findStorageFaults },
  { of: ["redis"], find: findRedisFaults },
  { of: ["deletionProtection", "retire"], find: findProtectionFaults },
  { of: ["auditLog"], find: findAuditFaults },
  { of: ["secretVersions"], find: findVersionFaults },
  { of: ["budget"], find: findBudgetFaults },
  { of: ["deployments"], find: findDeploymentFaults },
  { of: ["stateBucket"], find: findStateFaults },
];

/** Every fault of the facts, in the order of the file. Pure: asks nothing but its argument. */
export function findFaults(facts: Environment): readonly Fault[] {
  const misshapen = findShapeFaults(facts, environmentShape);
  const unjudged = new Set(misshapen.map(topOf));
  const judged = judges
    .filter(({ of }) => !of.some((fact) => unjudged.has(fact)))
    .flatMap(({ find }) => find(facts));
  const order = Object.keys(environmentShape.fields);
  const place = (fault: Fault): number => {
    const at = order.indexOf(topOf(fault));
    return at === -1 ? order.length : at;
  };
  return [...misshapen, ...judged].toSorted((one, other) => place(one) - place(other));
}

/** The fact of the file that a fault is in: of `web.minInstances` it is `web`. */
function topOf({ fact }: Fault): string {
  return /^\w*/.exec(fact)?.[0] ?? fact;
}
