import type { ContainerSize, Environment, RequestLimits, ServiceSize } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { isWholeBetween } from "./whole-number.ts";

/**
 * How much memory, in MiB, goes with a number of CPUs on Cloud Run, least and most.
 * https://cloud.google.com/run/docs/configuring/services/cpu
 */
const memoryByCpu: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [1, [128, 4096]],
  [2, [128, 8192]],
  [4, [2048, 16_384]],
  [6, [4096, 24_576]],
  [8, [4096, 32_768]],
]);

/** In MiB: with less the process does not start, for it could not take in every photo. */
export const leastMemory = { web: 512, worker: 768, maintenance: 768 } as const;

/** More needs a quota that Google grants on request. */
const mostInstances = 1000;

export function findContainerFaults(part: keyof typeof leastMemory, { cpu, memory }: ContainerSize): Fault[] {
  const limits = memoryByCpu.get(cpu);
  const mebibytes = parseMebibytes(memory);
  const faults: Fault[] = [];
  if (limits === undefined) {
    faults.push({
      fact: `${part}.cpu`,
      received: cpu,
      instead: `must be one of ${[...memoryByCpu.keys()].join(", ")}`,
    });
  }
  if (mebibytes === undefined) {
    faults.push({
      fact: `${part}.memory`,
      received: memory,
      instead: "must be a whole number with its unit, such as 512Mi or 2Gi",
    });
  } else if (limits !== undefined && (mebibytes < limits[0] || mebibytes > limits[1])) {
    faults.push({
      fact: `${part}.memory`,
      received: memory,
      instead: `must be from ${limits[0]}Mi to ${limits[1]}Mi with ${cpu} CPU`,
    });
  } else if (mebibytes < leastMemory[part]) {
    faults.push({
      fact: `${part}.memory`,
      received: memory,
      instead: `must be at least ${leastMemory[part]}Mi: with less there is no room for every photo`,
    });
  }
  return faults;
}

export function findServiceFaults(part: "web" | "worker", size: ServiceSize): Fault[] {
  const { minInstances, maxInstances } = size;
  const faults = findContainerFaults(part, size);
  if (!isWholeBetween(maxInstances, 1, mostInstances)) {
    faults.push({
      fact: `${part}.maxInstances`,
      received: maxInstances,
      instead: `must be a whole number from 1 to ${mostInstances}`,
    });
  }
  if (!isWholeBetween(minInstances, 0, mostInstances)) {
    faults.push({
      fact: `${part}.minInstances`,
      received: minInstances,
      instead: "must be a whole number from 0 (0: nothing runs, and nothing is paid, while nobody asks)",
    });
  } else if (minInstances > maxInstances) {
    faults.push({
      fact: `${part}.minInstances`,
      received: minInstances,
      instead: `must be at most maxInstances (${maxInstances})`,
    });
  }
  return faults;
}

export function findRequestFaults(part: string, limits: RequestLimits): Fault[] {
  const faults: Fault[] = [];
  if (!isWholeBetween(limits.concurrency, 1, 1000)) {
    faults.push({
      fact: `${part}.concurrency`,
      received: limits.concurrency,
      instead: "must be a whole number of requests from 1 to 1000",
    });
  }
  if (!isWholeBetween(limits.targetUtilizationPercent, 10, 95)) {
    faults.push({
      fact: `${part}.targetUtilizationPercent`,
      received: limits.targetUtilizationPercent,
      instead: "must be a whole percentage from 10 to 95",
    });
  }
  // Live streams end themselves at 280 s: the platform must not cut them before.
  if (!isWholeBetween(limits.timeoutSeconds, 300, 3600)) {
    faults.push({
      fact: `${part}.timeoutSeconds`,
      received: limits.timeoutSeconds,
      instead: "must be whole seconds from 300 (live streams run for 280) to 3600",
    });
  }
  return faults;
}

function parseMebibytes(memory: string): number | undefined {
  const [, amount, unit] = /^([1-9][0-9]*)(Mi|Gi)$/.exec(memory) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}

export function findLimitFaults({ limitsPerPerson = {} }: Environment): Fault[] {
  return Object.entries(limitsPerPerson).flatMap(([kind, limit]) =>
    Object.entries(limit)
      .filter(([, number]) => !isWholeBetween(number, 1, 1_000_000))
      .map(([field, number]) => ({
        fact: `limitsPerPerson.${kind}.${field}`,
        received: number,
        instead: "must be a whole number from 1 to 1000000",
      })),
  );
}
