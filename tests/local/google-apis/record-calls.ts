/**
 * `node tests/local/google-apis/record-calls.ts`: applies every type, and the stacks of dev, with the real provider and
 * writes the calls that changed something, with the names that came back, to fixtures/recorded-calls.json.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endpointVariables } from "../../../local/google-apis/endpoints.ts";
import { isObject, type Json, textAt } from "../../../local/google-apis/engine/json.ts";
import { startStandIn } from "../../../local/google-apis/stand-in.ts";
import { terraform } from "./real-terraform.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const root = join(import.meta.dirname, "../../..");
const owner = "user:owner@example.com";
const projects = [{ projectId: "imgstream-dev", projectNumber: "100000000001" }];

interface RecordedCall {
  readonly run: string;
  readonly verb: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  /** What the server called the thing, where it chose. */
  readonly name: string;
}

async function record(run: string, folders: readonly string[], change?: () => void): Promise<RecordedCall[]> {
  const standIn = await startStandIn({ projects, owner });
  const variables = endpointVariables(standIn.origin, standIn.ownerToken);
  for (const folder of folders) {
    await terraform(folder, variables, "init", "-input=false");
    await terraform(folder, variables, "apply", "-auto-approve", "-input=false", "-parallelism=30");
    change?.();
    await terraform(folder, variables, "apply", "-auto-approve", "-input=false", "-parallelism=30");
  }
  await standIn.close();
  return standIn.world.log
    .changes()
    .filter(({ body, status }) => body !== undefined && status < 300)
    .map(({ verb, path, body, status, reply }) => ({
      run,
      verb,
      path,
      body: withoutSecrets(body),
      status,
      name: textAt(reply, "name"),
    }));
}

/** Secret values are new at every apply: a fixed one stands for them. */
function withoutSecrets(body: Json | undefined): Json | undefined {
  if (textAt(body, "payload.data") !== "") return { payload: { data: "c2VjcmV0" } };
  if (textAt(body, "keyValue") === "" || !isObject(body)) return body;
  return { ...body, keyValue: "AAECAwQFBgcICQoLDA0ODw==" };
}

const temporary = mkdtempSync(join(tmpdir(), "record-calls-"));
try {
  const every = join(temporary, "every-type");
  mkdirSync(every);
  cpSync(join(fixtures, "every-type.tf"), join(every, "main.tf"));
  const other = (): void =>
    writeFileSync(
      join(every, "main.tf"),
      readFileSync(join(fixtures, "every-type.tf"), "utf8").replaceAll("photos:c0ffee", "photos:decaf"),
    );
  const first = await record("every-type", [every], other);
  const outdir = join(temporary, "out");
  execFileSync(process.execPath, ["stacks/main.ts"], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  const second = await record("dev", [join(outdir, "stacks/bootstrap-dev"), join(outdir, "stacks/dev")]);
  const lines = [...first, ...second].map((call) => JSON.stringify(call));
  writeFileSync(join(fixtures, "recorded-calls.json"), `[\n${lines.join(",\n")}\n]\n`);
} finally {
  rmSync(temporary, { recursive: true });
}
