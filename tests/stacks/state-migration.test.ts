import { App, TerraformStack } from "cdktf";
import { DataResource } from "cdktf/lib/terraform-data-resource.js";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { endpointVariables } from "../../local/google-apis/endpoints.ts";
import { startStandIn, type StandIn } from "../../local/google-apis/stand-in.ts";
import { keepBootstrapState } from "../../stacks/state.ts";

const isThere = spawnSync("terraform", ["version"]).status === 0;
const run = promisify(execFile);
const { dev } = environments;
const checkout = mkdtempSync(join(tmpdir(), "imgstream-state-"));
const folder = join(checkout, "cdktf.out/stacks/bootstrap-dev");
const file = join(checkout, "terraform.bootstrap-dev.tfstate");
let standIn: StandIn;

beforeAll(async () => {
  const { id: projectId, number: projectNumber } = dev.project;
  standIn = await startStandIn({ projects: [{ projectId, projectNumber }], owner: "user:owner@example.com" });
});
afterAll(async () => {
  await standIn.close();
  rmSync(checkout, { recursive: true });
});

function synthesise(bootstrapState: "local" | "bucket"): void {
  const app = new App({ outdir: join(checkout, "cdktf.out") });
  const stack = new TerraformStack(app, "bootstrap-dev");
  keepBootstrapState(stack, { ...dev, bootstrapState });
  new DataResource(stack, "made", { input: { by: "the owner" } });
  app.synth();
}

async function terraform(...words: string[]): Promise<string> {
  const { TF_CLI_CONFIG_FILE: _unread, ...inherited } = process.env;
  const variables = endpointVariables(standIn.origin, standIn.ownerToken);
  const env = { ...inherited, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...variables };
  const { stdout } = await run("terraform", [...words, "-no-color"], { cwd: folder, env });
  return stdout;
}

async function ask(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${standIn.ownerToken}`, "content-type": "application/json" };
  const reply = await fetch(`${standIn.origin}/${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(reply.status).toBe(200);
  return reply.json();
}

test.skipIf(!isThere && !process.env["CI"])(
  "the bootstrap's state moves from the checkout into the bucket that it made, whole (needs Terraform: https://developer.hashicorp.com/terraform/install)",
  async () => {
    synthesise("local");
    await terraform("init", "-input=false");
    await terraform("apply", "-auto-approve", "-input=false");
    expect(existsSync(file)).toBe(true);
    const services = `serviceusage/v1/projects/${dev.project.id}/services`;
    await ask("POST", `${services}/storage.googleapis.com:enable`, {});
    await ask("POST", `storage/v1/b?project=${dev.project.id}`, { name: dev.stateBucket, location: "EU" });

    synthesise("bucket");
    await terraform("init", "-migrate-state", "-force-copy", "-input=false");
    rmSync(file);
    expect((await terraform("state", "list")).trim()).toBe("terraform_data.made");
    expect(await terraform("plan", "-input=false")).toContain("No changes.");
    const kept = await ask("GET", `storage/v1/b/${dev.stateBucket}/o`);
    expect(kept).toMatchObject({ items: [{ name: "bootstrap-dev/default.tfstate" }] });
  },
  120_000,
);
