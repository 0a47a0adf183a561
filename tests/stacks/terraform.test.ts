import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { App } from "cdktf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { hasProvider, whySkipped } from "../local/google-apis/real-terraform.ts";
import { readStack } from "./plan-json.ts";

const root = join(import.meta.dirname, "../..");

const { TF_CLI_CONFIG_FILE: _unread, ...variables } = process.env;
const env = {
  ...variables,
  CHECKPOINT_DISABLE: "1",
  TF_IN_AUTOMATION: "1",
  GOOGLE_OAUTH_ACCESS_TOKEN: "fake",
};
const run = promisify(execFile);
const outdir = mkdtempSync(join(tmpdir(), "imgstream-terraform-"));

afterAll(() => rmSync(outdir, { recursive: true }));

/** Terraform's words, with the stack's own backend replaced by a file, so that nothing asks the network. */
async function terraform(stack: string, ...words: string[]): Promise<string> {
  const { stdout } = await run("terraform", [...words, "-no-color"], {
    cwd: join(outdir, "work", stack),
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

async function planFromNothing(stack: string, synthesised: string) {
  const folder = join(outdir, "work", stack);
  cpSync(synthesised, folder, { recursive: true });
  writeFileSync(join(folder, "override.tf.json"), '{"terraform": {"backend": {"local": {}}}}');
  await terraform(stack, "init", "-input=false");
  return {
    validation: await terraform(stack, "validate"),
    plan: await terraform(stack, "plan", "-input=false", "-lock=false"),
    resources: readStack(readFileSync(join(folder, "cdk.tf.json"), "utf8")).resources,
  };
}

describe.skipIf(!hasProvider)(`with the real provider${whySkipped}`, () => {
  beforeAll(async () => {
    await run(process.execPath, ["stacks/main.ts"], { cwd: root, env: { ...env, CDKTF_OUTDIR: outdir } });
  });

  test.each(["dev", "staging", "production", "bootstrap-dev", "bootstrap-staging", "bootstrap-production"])(
    "%s is valid, and a plan from nothing adds every resource without asking the network",
    async (stack) => {
      const { validation, plan, resources } = await planFromNothing(stack, join(outdir, "stacks", stack));
      expect(validation).toContain("The configuration is valid");
      expect(plan).toContain(`Plan: ${resources.length} to add, 0 to change, 0 to destroy.`);
    },
    240_000,
  );

  test("so it is with what no example has: two regions, public shares, and every protection taken away", async () => {
    const app = new App({ outdir: join(outdir, "more") });
    new PhotoPlatformStack(app, "more", {
      ...environments.production,
      regions: ["europe-west1", "europe-north1"],
      publicShares: true,
      deletionProtection: false,
      retire: true,
    });
    app.synth();
    const { validation, plan, resources } = await planFromNothing("more", join(outdir, "more/stacks/more"));
    expect(validation).toContain("The configuration is valid");
    expect(plan).toContain(`Plan: ${resources.length} to add, 0 to change, 0 to destroy.`);
  }, 240_000);

  test("the HCL that is the last way out is valid as well", async () => {
    const hcl = join(outdir, "hcl");
    await run(process.execPath, ["stacks/main.ts"], {
      cwd: root,
      env: { ...env, CDKTF_OUTDIR: hcl, SYNTH_HCL_OUTPUT: "true" },
    });
    const folder = join(outdir, "work", "hcl");
    cpSync(join(hcl, "stacks/production"), folder, { recursive: true });
    writeFileSync(join(folder, "override.tf.json"), '{"terraform": {"backend": {"local": {}}}}');
    await terraform("hcl", "init", "-input=false");
    expect(await terraform("hcl", "validate")).toContain("The configuration is valid");
  }, 240_000);
});
