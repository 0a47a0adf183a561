import type { Environment } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { findVersionFault } from "./operation-faults.ts";
import { bucketName, regionName } from "./patterns.ts";
import { isWholeBetween } from "./whole-number.ts";

const continentPrefixes = { ASIA: ["asia-"], EU: ["europe-"], US: ["us-"] } as const;

export function findStorageFaults({ storage }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (storage.placement.kind === "dual-region") {
    const { continent, regions } = storage.placement;
    if (regions.length !== 2 || regions[0] === regions[1]) {
      faults.push({
        fact: "storage.placement.regions",
        received: regions,
        instead: "must be two different regions: one, or the same one twice, keeps one copy",
      });
    }
    for (const [index, region] of regions.entries()) {
      const isThere = continentPrefixes[continent].some((prefix) => region.startsWith(prefix));
      if (!regionName.test(region) || !isThere) {
        faults.push({
          fact: `storage.placement.regions[${index}]`,
          received: region,
          instead: `must be a region of the continent ${continent} (${continentPrefixes[continent].join(", ")}…)`,
        });
      }
    }
  }
  if (!isWholeBetween(storage.keepVersionsDays, 1, 365)) {
    faults.push({
      fact: "storage.keepVersionsDays",
      received: storage.keepVersionsDays,
      instead: "must be whole days from 1 to 365",
    });
  }
  const { softDeleteDays } = storage;
  if (softDeleteDays !== 0 && !isWholeBetween(softDeleteDays, 7, 90)) {
    faults.push({
      fact: "storage.softDeleteDays",
      received: softDeleteDays,
      instead: "must be 0 (off) or whole days from 7 to 90: Google takes nothing between",
    });
  }
  return faults;
}

export function findRedisFaults({ redis }: Environment): Fault[] {
  if (redis.tier === "none") return [];
  const faults: Fault[] = [];
  if (!isWholeBetween(redis.memoryGiB, 1, 300)) {
    faults.push({
      fact: "redis.memoryGiB",
      received: redis.memoryGiB,
      instead: "must be whole GiB from 1 to 300",
    });
  }
  faults.push(...findVersionFault("redis.passwordVersion", redis.passwordVersion));
  return faults;
}

export function findStateFaults({ stateBucket }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (!bucketName.test(stateBucket) || /goog/.test(stateBucket)) {
    faults.push({
      fact: "stateBucket",
      received: stateBucket,
      instead:
        "must be a bucket's name: 3 to 63 lower-case letters, digits and hyphens, without dots and without 'goog'",
    });
  }
  return faults;
}

export function findProtectionFaults({ retire, deletionProtection }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (retire && deletionProtection) {
    faults.push({
      fact: "deletionProtection",
      received: deletionProtection,
      instead: "must be false while retire is true: say both, so that nobody leaves by one changed word",
    });
  }
  return faults;
}
