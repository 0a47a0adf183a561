import type { Environment } from "./environment.ts";
import type { Fault } from "./fault.ts";
import { hostName, projectId, projectNumber, regionName } from "./patterns.ts";

export function findProjectFaults({ project }: Environment): Fault[] {
  const faults: Fault[] = [];
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
  return faults;
}

export function findRegionFaults({ regions }: Environment): Fault[] {
  const faults: Fault[] = [];
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
  return faults;
}

export function findDomainFaults({ domain }: Environment): Fault[] {
  const faults: Fault[] = [];
  if (!hostName.test(domain)) {
    faults.push({
      fact: "domain",
      received: domain,
      instead: "must be a bare host name such as photos.example.com, without scheme, port or slash",
    });
  }
  return faults;
}
