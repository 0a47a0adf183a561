import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { endpointOf } from "../../constructs/apply/endpoints.mts";
import { environments } from "../../environments/index.ts";
import { describeWhatStays, refuseUnlessRetired } from "../../stacks/command/leaving.ts";
import { describeRefusals } from "../../stacks/command/refusing.ts";
import { parseRequest } from "../../stacks/command/request.ts";

import { endpointVariables } from "../../stacks/endpoint-variables.ts";

const root = join(import.meta.dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "imgstream-home-"));

afterAll(() => rmSync(home, { recursive: true }));

function runCommand(words: readonly string[], variables: Record<string, string> = {}) {
  return spawnSync(process.execPath, ["stacks/command.ts", ...words], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: home, ...variables },
  });
}

test("options go through to cdktf from the first hyphen on", () => {
  expect(parseRequest(["deploy", "dev", "--var", "a=b"])).toEqual({
    verb: "deploy",
    stacks: ["dev"],
    options: ["--var", "a=b"],
  });
});

test("an unknown environment is answered with the known ones", () => {
  const { status, stderr } = runCommand(["diff", "prod"]);
  expect(status).toBe(1);
  expect(stderr.trim()).toBe(
    "Unknown environment 'prod': use one of dev, staging, production, bootstrap-dev, bootstrap-staging, bootstrap-production",
  );
});

test("an environment must be named but for a synthesis", () => {
  expect(() => parseRequest(["deploy"])).toThrow("Which environment? Write npm run deploy -- NAME");
  expect(parseRequest(["synth"]).stacks).toEqual([]);
});

test("an absent Terraform is said with where to get it", () => {
  const { status, stderr } = runCommand(["deploy", "dev"], { TERRAFORM_BINARY_NAME: "no-such-terraform" });
  expect(status).toBe(1);
  expect(stderr).toContain(
    "Terraform is not there: 'no-such-terraform version' does not run. Install Terraform",
  );
});

test("absent credentials of Google are said with how to get them", () => {
  const { status, stderr } = runCommand(["deploy", "dev"], { TERRAFORM_BINARY_NAME: "true" });
  expect(status).toBe(1);
  expect(stderr).toContain("Google's credentials are missing: run 'gcloud auth application-default login'");
  // What the facts lack is said in the same breath.
  expect(stderr).toMatch(/environments\/dev\.ts:\d+: project\.id is the example/);
});

test("credentials that are named but not there are said with their name", () => {
  const { stderr } = runCommand(["diff", "dev"], {
    TERRAFORM_BINARY_NAME: "true",
    GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/key.json",
  });
  expect(stderr).toContain("GOOGLE_APPLICATION_CREDENTIALS names /nowhere/key.json, which is not there");
});

test("examples are refused before Terraform asks for a state, naming the file and line to edit", () => {
  const variables = { TERRAFORM_BINARY_NAME: "true", GOOGLE_OAUTH_ACCESS_TOKEN: "fake" };
  const { status, stderr } = runCommand(["deploy", "staging"], variables);
  expect(status).toBe(1);
  const lines = readFileSync(join(root, "environments/staging.ts"), "utf8").split("\n");
  const lineOf = (fact: string): number => lines.findIndex((text) => text.includes(`${fact}:`)) + 1;
  expect(stderr).toContain(
    `This cannot be deployed to Google as it is:\n  - environments/staging.ts:${lineOf("project")}: project.id is the example 'imgstream-staging': write your project's id`,
  );
  expect(stderr).toContain(
    `environments/staging.ts:${lineOf("domain")}: domain is the example 'photos.staging.example.com': write a domain of yours`,
  );
  expect(stderr).not.toContain("dev.ts");
});

test("where a plan fails, what of the examples is left to mend is said", async () => {
  expect(await describeRefusals("plan", ["dev"], {})).toMatch(
    /^Before this can be planned, mend:\n {2}- environments\/dev\.ts:\d+: project\.id is the example/,
  );
  const here = endpointVariables.map((name) => [name, "http://127.0.0.1:1/"] as const);
  expect(await describeRefusals("plan", ["dev"], Object.fromEntries(here))).toBeUndefined();
});

test("a bootstrap is refused like its environment, but for the image, and a rehearsal on this machine is not", async () => {
  const refused = await describeRefusals("deploy", ["bootstrap-dev"], {});
  expect(refused).toContain("environments/dev.ts:");
  expect(refused).not.toContain("image/base.json");
  const here = endpointVariables.map((name) => [name, "http://127.0.0.1:1/"] as const);
  expect(await describeRefusals("deploy", ["bootstrap-dev"], Object.fromEntries(here))).toBeUndefined();
  expect(await describeRefusals("deploy", ["bootstrap-dev"], Object.fromEntries(here.slice(1)))).toContain(
    "This cannot be deployed to Google as it is",
  );
});

test("an address that is none is said with the variable that has it", async () => {
  const here = Object.fromEntries(endpointVariables.map((name) => [name, "http://127.0.0.1:1/"]));
  const variables = { ...here, GOOGLE_STORAGE_CUSTOM_ENDPOINT: "localhost" };
  const said =
    "GOOGLE_STORAGE_CUSTOM_ENDPOINT must be an address such as http://127.0.0.1:8080/, got 'localhost': unset it";
  await expect(describeRefusals("deploy", ["dev"], variables)).rejects.toThrow(said);
  expect(() => endpointOf("storage", variables)).toThrow("GOOGLE_STORAGE_CUSTOM_ENDPOINT must be an address");
});

test("what is not being left cannot be destroyed, and the way there is said", () => {
  const variables = { TERRAFORM_BINARY_NAME: "true", GOOGLE_OAUTH_ACCESS_TOKEN: "fake" };
  const { status, stderr } = runCommand(["destroy", "production"], variables);
  expect(status).toBe(1);
  expect(stderr).toContain(
    "write 'retire: true' and 'deletionProtection: false' in environments/production.ts",
  );
  expect(() => refuseUnlessRetired(["bootstrap-dev"])).toThrow("environments/dev.ts");
});

test("what stays after leaving is told: locked log, reserved ids, enabled APIs, default log bucket", () => {
  expect(describeWhatStays("production").join("\n")).toContain("_Default of imgstream-production");
  const ofBootstrap = describeWhatStays("bootstrap-production").join("\n");
  expect(ofBootstrap).toContain("APIs of imgstream-production stay enabled");
  expect(ofBootstrap).toContain("blocked for 30 days");
  expect(ofBootstrap).toContain(
    `until its last entry is ${environments.production.auditLog.retentionDays} days old`,
  );
  expect(describeWhatStays("bootstrap-dev").join("\n")).not.toContain("retention is locked");
});

test("locking without a registry says what it needs", () => {
  const { status, stderr } = spawnSync(process.execPath, ["stacks/lock.ts"], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: home, TERRAFORM_BINARY_NAME: "false" },
  });
  expect(status).toBe(1);
  expect(stderr).toContain(
    "'false providers lock' needs Terraform, and a network that reaches registry.terraform.io",
  );
});
