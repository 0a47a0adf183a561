import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  asModule,
  inFrame,
  makeNamedFolders,
  readExamples,
  readFrame,
} from "../constructs/readme-examples.ts";
import { readStack } from "../stacks/plan-json.ts";

const root = join(import.meta.dirname, "../..");
const project = mkdtempSync(join(tmpdir(), "imgstream-stranger-"));
const run = promisify(execFile);
const examples = readExamples().map((example) => ({
  ...example,
  file: example.title.replaceAll(/\W+/g, "-"),
}));

const peers = ["cdktf@0.21.0", "constructs@10.7.2", "@cdktf/provider-google@16.12.1"];
const tools = ["typescript@7.0.2", "@types/node@24.19.2"];

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Installs what a stranger would: the tarball, and its peers from the registry or from npm's cache. */
async function install(): Promise<string | undefined> {
  const { stdout } = await run(process.execPath, ["packages/pack.ts", project], { cwd: root });
  writeFileSync(join(project, "package.json"), '{"name": "stranger", "type": "module", "private": true}');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"];
  try {
    await run("npm", ["install", ...flags, stdout.trim(), ...peers, ...tools], { cwd: project });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

const refusal = await install();
const isOffline =
  refusal !== undefined && /E(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|NOTCACHED)/.test(refusal);

test.runIf(refusal !== undefined && !(isOffline && !process.env["CI"]))(
  "the package installs in an empty project",
  () => {
    expect(refusal).toBeUndefined();
  },
);

describe.skipIf(refusal !== undefined)(
  `in an empty project${isOffline ? " (skipped: npm's registry is out of reach)" : ""}`,
  () => {
    beforeAll(() => {
      makeNamedFolders(join(project, "examples"));
      mkdirSync(join(project, "out"));
      for (const example of examples) {
        const { file } = example;
        writeFileSync(join(project, "examples", `${file}.ts`), asModule(example));
        writeFileSync(join(project, "examples", `${file}.main.ts`), inFrame(readFrame(), `./${file}.ts`));
      }
      writeFileSync(join(project, "main.ts"), mainModule());
      writeFileSync(join(project, "refused.ts"), refusedModule);
    });

    test.each([
      ["nodenext", { module: "nodenext", moduleResolution: "nodenext", allowImportingTsExtensions: true }],
      ["bundler", { module: "preserve", moduleResolution: "bundler", allowImportingTsExtensions: true }],
    ])(
      "its types are found and checked under %s",
      async (_name, options) => {
        const compilerOptions = {
          ...options,
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          target: "es2024",
          types: ["node"],
        };
        writeFileSync(
          join(project, "tsconfig.json"),
          JSON.stringify({ compilerOptions, include: ["*.ts", "examples/*.ts"] }),
        );
        const compiled = await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."], {
          cwd: project,
        }).catch((error: { stdout: string }) => error);
        expect(compiled.stdout).toBe("");
      },
      120_000,
    );

    test("the README's examples in its frame synthesise what they say, and keep the rules, from the compiled package", async () => {
      await run(process.execPath, ["main.ts"], { cwd: project });
      for (const { file, makes } of examples) {
        const stack = readStack(
          readFileSync(join(project, "out", file, "stacks/production/cdk.tf.json"), "utf8"),
        );
        const counts = Object.fromEntries(
          Object.keys(makes).map((type) => [type, stack.ofType(type).length]),
        );
        expect({ file, counts, total: stack.resources.length }).toEqual({
          file,
          counts: makes,
          total: Object.values(makes).reduce((sum, count) => sum + count, 0),
        });
      }
    }, 120_000);

    test("the whole index loads, and its apply's programs travel compiled", async () => {
      const source =
        'import * as all from "imgstream"; console.log(typeof all.PrivateBucket, typeof all.checkRules)';
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", source], { cwd: project });
      expect(stdout.trim()).toBe("function function");
      const required = 'console.log(typeof require("imgstream/private-bucket").PrivateBucket)';
      const commonJs = await run(process.execPath, ["--input-type=commonjs", "-e", required], {
        cwd: project,
      });
      expect(commonJs.stdout.trim()).toBe("function");
      const stackFolder = join(project, "out/DeployGate-and-WaitFor/stacks/production");
      const gate = readStack(readFileSync(join(stackFolder, "cdk.tf.json"), "utf8")).at("gate");
      const { provisioner } = gate.fields as { provisioner: { "local-exec": { command: string } }[] };
      const command = provisioner[0]?.["local-exec"].command ?? "";
      expect(command).toMatch(/^node assets\/.*\/deploy-gate\.mjs$/);
      const env = { PATH: process.env["PATH"], ENDPOINTS: "" };
      const outcome = await run(process.execPath, [join(stackFolder, command.replace("node ", ""))], { env });
      expect(outcome.stdout.trim()).toBe("Nothing speaks against deploying");
    });
  },
);

/** Runs every example's program, each with an output of its own. */
function mainModule(): string {
  const runs = examples.map(
    ({ file }) => `process.env["CDKTF_OUTDIR"] = "out/${file}";\nawait import("./examples/${file}.main.ts");`,
  );
  return `${runs.join("\n")}\nexport {};\n`;
}

/** Each line must be refused: a type that was not found would be \`any\`, and accept it. */
const refusedModule = `import { App, TerraformStack } from "cdktf";
import { CloudRunService } from "imgstream/cloud-run-service";
import { PublicCdnBucket } from "imgstream/edge/public-cdn-bucket";
import { PrivateBucket } from "imgstream";

export function refused(stack: TerraformStack): void {
  // @ts-expect-error a bucket's name is a text
  new PrivateBucket(stack, "one", { name: 1, placement: { kind: "region", region: "europe-west1" } });
  // @ts-expect-error an unknown placement
  new PrivateBucket(stack, "two", { name: "two", placement: { kind: "moon" } });
  // @ts-expect-error an account is an object, and much is missing
  new CloudRunService(stack, "three", { name: "three", account: 3 });
  // @ts-expect-error the load balancer's account is missing
  new PublicCdnBucket(stack, "four", { name: "four", bucket: new PrivateBucket(stack, "five", { name: "five", placement: { kind: "region", region: "r" } }) });
}
export { App };
`;
