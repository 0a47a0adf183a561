import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endpointVariables } from "../../../local/google-apis/endpoints.ts";
import { type StandIn, startStandIn } from "../../../local/google-apis/stand-in.ts";
import { hasProvider, terraform, whySkipped } from "./real-terraform.ts";

const fixture = join(import.meta.dirname, "fixtures/every-type.tf");
const declared = readFileSync(fixture, "utf8").matchAll(/^resource "(google_\w+)"/gm);
const types = [...new Set([...declared].map(([, type = ""]) => type))];

test("the fixture names every type that the platform uses", () => {
  expect(types).toHaveLength(58);
});

describe.skipIf(!hasProvider)(`the real provider${whySkipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "every-type-"));
  let standIn: StandIn;
  let variables: Record<string, string>;

  beforeAll(async () => {
    standIn = await startStandIn({
      projects: [{ projectId: "imgstream-dev", projectNumber: "100000000001" }],
      owner: "user:owner@example.com",
    });
    variables = endpointVariables(standIn.origin, standIn.ownerToken);
    cpSync(fixture, join(folder, "main.tf"));
    await terraform(folder, variables, "init", "-input=false");
  });

  afterAll(async () => {
    await standIn.close();
    rmSync(folder, { recursive: true });
  });

  test("creates a resource of every type", async () => {
    const said = await terraform(
      folder,
      variables,
      "apply",
      "-auto-approve",
      "-input=false",
      "-parallelism=30",
    );
    expect(said).toMatch(/Apply complete! Resources: 90 added/);
    const state = JSON.parse(await terraform(folder, variables, "show", "-json"));
    const made = state.values.root_module.resources.map((resource: { type: string }) => resource.type);
    expect(types.filter((type) => !made.includes(type))).toEqual([]);
  }, 240_000);

  test("reads all of them back without drift", async () => {
    const said = await terraform(folder, variables, "plan", "-input=false", "-detailed-exitcode");
    expect(said).toContain("No changes.");
  }, 120_000);

  test("changes a service and a firewall's rule in place, and then plans nothing", async () => {
    const main = join(folder, "main.tf");
    const changed = readFileSync(fixture, "utf8")
      .replaceAll("photos:c0ffee", "photos:decaf")
      .replace("count        = 600", "count        = 300");
    writeFileSync(main, changed);
    const said = await terraform(
      folder,
      variables,
      "apply",
      "-auto-approve",
      "-input=false",
      "-parallelism=30",
    );
    expect(said).toContain("Resources: 0 added, 3 changed, 0 destroyed.");
    await terraform(folder, variables, "plan", "-input=false", "-detailed-exitcode");
  }, 240_000);

  test("destroys them, and only what Google keeps is left", async () => {
    await terraform(folder, variables, "destroy", "-auto-approve", "-input=false", "-parallelism=30");
    const left = standIn.world.state.all().filter(({ collection }) => collection !== "serviceusage.services");
    expect(left.map(({ name }) => name.replace(/^transferJobs\/\d+$/, "transferJobs/ID")).toSorted()).toEqual(
      [
        "projects/imgstream-dev/locations/europe-west1/buckets/audit",
        "projects/imgstream-dev/locations/global/buckets/_Default",
        "projects/imgstream-dev/locations/global/workloadIdentityPools/github",
        "projects/imgstream-dev/locations/global/workloadIdentityPools/github/providers/github",
        "projects/imgstream-dev/roles/cacheInvalidator",
        "transferJobs/ID",
      ],
    );
  }, 240_000);

  test("meets no fault of the stand-in on the way", () => {
    expect(standIn.world.log.all().filter(({ status }) => status >= 500)).toEqual([]);
  });
});
