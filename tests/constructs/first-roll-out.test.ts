import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { App, TerraformStack } from "cdktf";
import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudRunService } from "../../constructs/cloud-run-service.ts";
import { FirstRollOut } from "../../constructs/first-roll-out.ts";
import { existingServiceAccount } from "../../constructs/principal.ts";
import { Secret } from "../../constructs/secret.ts";
import { ServingCheck } from "../../constructs/serving-check.ts";
import { endpointVariables } from "../../local/google-apis/endpoints.ts";
import { noRuntime } from "../../local/google-apis/engine/runtime.ts";
import type { StandIn } from "../../local/google-apis/stand-in.ts";
import { temporaryFolder } from "../image/temporary-folder.ts";
import { dev, openStandIn } from "../local/google-apis/caller.ts";
import { hasProvider, whySkipped } from "../local/google-apis/real-terraform.ts";
import { inStack } from "./in-stack.ts";

const { projectId } = dev;
const account = existingServiceAccount("web", "photos-web", projectId);

/** A protected service that runs one image, and what watches it. */
function declareService(stack: TerraformStack, version: string): CloudRunService {
  const image = { uri: `europe-west1-docker.pkg.dev/${projectId}/photos/app:${version}` };
  const service = new CloudRunService(stack, "web", {
    name: "web",
    region: "europe-west1",
    image,
    account,
    cpu: 1,
    memory: "512Mi",
    minInstances: 0,
    maxInstances: 5,
    environment: {},
    startupPath: "/ready",
    livenessPath: "/live",
  });
  new FirstRollOut(stack, "first-roll-out", { projectId, service });
  new ServingCheck(stack, "serving-check", { projectId, service, image });
  return service;
}

test("it waits for whatever the service waits for, and begins with it", () => {
  const stack = inStack((scope) => {
    const secret = new Secret(scope, "key", { name: "key" });
    secret.grantRead(account);
    const service = new CloudRunService(scope, "web", {
      name: "web",
      region: "europe-west1",
      image: { uri: "r/p/app:1" },
      account,
      cpu: 1,
      memory: "512Mi",
      minInstances: 0,
      maxInstances: 1,
      environment: { KEY: secret.version(1) },
      startupPath: "/ready",
      livenessPath: "/live",
    });
    new FirstRollOut(scope, "watch", { projectId, service });
  });
  const { fields } = stack.at("watch");
  const service = stack.at("web/service");
  expect(fields["depends_on"]).toEqual(service.fields["depends_on"]);
  expect(JSON.stringify(fields)).toContain(`"BESIDE":"\${${stack.at("key/secret").address}.id}"`);
  // Its address is told, and not waited for.
  expect(JSON.stringify(fields)).toContain(`"ADDRESS":"${service.address}"`);
  expect(JSON.stringify(fields)).not.toContain(`{${service.address}`);
  expect(fields["triggers_replace"]).toEqual([`projects/${projectId}/locations/europe-west1/services/web`]);
});

describe.skipIf(!hasProvider)(`with the real provider${whySkipped}`, () => {
  let standIn: StandIn;
  let folder = "";
  let isBroken = true;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const opened = await openStandIn({
      runtime: {
        ...noRuntime,
        startRevision: () =>
          isBroken ? Promise.reject(new Error("The container failed to start.")) : Promise.resolve(),
      },
    });
    ({ standIn } = opened);
    await opened.ask("POST", `/iam/v1/projects/${projectId}/serviceAccounts`, { accountId: "photos-web" });
  });

  afterAll(() => standIn.close());

  const shell = (command: string): Promise<{ readonly code: number; readonly said: string }> =>
    new Promise((resolve) => {
      const { TF_CLI_CONFIG_FILE: _unread, ...inherited } = process.env;
      const env = {
        ...inherited,
        CHECKPOINT_DISABLE: "1",
        TF_IN_AUTOMATION: "1",
        ...endpointVariables(standIn.origin, standIn.ownerToken),
      };
      execFile("sh", ["-c", command], { cwd: folder, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
      });
    });

  const deploy = async (version: string): Promise<{ readonly code: number; readonly said: string }> => {
    const outdir = await temporaryFolder();
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "unit");
    new GoogleProvider(stack, "google", { project: projectId, region: "europe-west1" });
    declareService(stack, version);
    app.synth();
    cpSync(join(outdir, "stacks/unit"), folder, { recursive: true });
    return await shell(
      "terraform init -input=false -no-color && terraform apply -auto-approve -input=false -no-color",
    );
  };

  test("a first deploy that fails prints the command that lets the next one go on", async () => {
    const first = await deploy("1");
    expect(first.code).toBe(1);
    expect(first.said).toContain("web never served: web-00001");
    expect(first.said).toContain("failed to start");
    const [command = "none"] = /terraform -chdir=\S+ untaint \S+/.exec(first.said) ?? [];

    // Mended, and yet refused by the protection: said again, with the command.
    isBroken = false;
    const refused = await deploy("2");
    expect(refused.code).toBe(1);
    expect(refused.said).toContain("cannot destroy service without setting deletion_protection=false");
    expect(refused.said).toContain(command);

    expect((await shell(command)).said).toContain("has been successfully untainted");
    const mended = await deploy("2");
    expect(mended.said).toContain("web-00002");
    expect(mended.code).toBe(0);
    expect((await shell("terraform plan -input=false -detailed-exitcode")).code).toBe(0);
  }, 240_000);
});
