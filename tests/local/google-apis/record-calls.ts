/**
 * `node tests/local/google-apis/record-calls.ts`: applies every type, and the whole unit of production as a rehearsal
 * does, with the real provider, and writes the calls that changed something to fixtures/recorded-calls.json: deployed,
 * deployed again with a file changed, and retired.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endpointVariables } from "../../../local/google-apis/endpoints.ts";
import type { LoggedCall } from "../../../local/google-apis/engine/call-log.ts";
import { isObject, type Json, textAt } from "../../../local/google-apis/engine/json.ts";
import { startStandIn } from "../../../local/google-apis/stand-in.ts";
import { handmadeChannels, readFacts } from "../../../local/rehearsal/facts.ts";
import { openPlatform } from "../../../local/rehearsal/platform.ts";
import { Stage } from "../../../local/rehearsal/stage.ts";
import { bootstrap } from "../../../local/rehearsal/steps/bootstrap.ts";
import { WorkingCopy } from "../../../local/rehearsal/working-copy.ts";
import { dev, owner } from "./caller.ts";
import { terraform } from "./real-terraform.ts";
import { handmadeChannel, type RecordedRun } from "./recorded-run.ts";

const fixtures = join(import.meta.dirname, "fixtures");

async function recordEveryType(folder: string): Promise<RecordedRun> {
  const standIn = await startStandIn({ projects: [dev], owner });
  const variables = endpointVariables(standIn.origin, standIn.ownerToken);
  const declared = readFileSync(join(fixtures, "every-type.tf"), "utf8");
  mkdirSync(folder);
  for (const text of [declared, declared.replaceAll("photos:c0ffee", "photos:decaf")]) {
    writeFileSync(join(folder, "main.tf"), text);
    await terraform(folder, variables, "init", "-input=false");
    await terraform(folder, variables, "apply", "-auto-approve", "-input=false", "-parallelism=30");
  }
  await standIn.close();
  return { name: "every-type", project: dev, channels: [], calls: kept(standIn.world.log.changes()) };
}

async function recordProduction(folder: string): Promise<RecordedRun> {
  const copy = new WorkingCopy(join(folder, "copy"));
  const outdir = join(folder, "out");
  await copy.synthesise(outdir);
  const facts = readFacts(outdir, "production");
  const channels = handmadeChannels(outdir, facts);
  const platform = await openPlatform({
    project: facts.project,
    owner,
    folder: join(folder, "cloud"),
    groupsOf: () => [],
  });
  try {
    for (const name of channels) platform.world.state.put(handmadeChannel(name));
    const stage = new Stage({ facts, platform, copy, outdir, firstCommit: "" });
    await bootstrap.run(stage, new AbortController().signal);
    await stage.deployAgain();
    copy.edit(
      "app/http/health.ts",
      (text) => `${text}\n/** Changed to be deployed again. */\nexport const changed = true;\n`,
    );
    await stage.deployAgain();
    copy.edit("environments/production.ts", (text) =>
      text
        .replace("retire: false", "retire: true")
        .replace("deletionProtection: true", "deletionProtection: false"),
    );
    await stage.deployAgain();
    await bootstrap.run(stage, new AbortController().signal);
  } finally {
    await platform.close();
  }
  return { name: "production", project: facts.project, channels, calls: kept(platform.world.log.changes()) };
}

/** Calls that succeeded, without those that a later one of the same address contains: policies grow grant by grant. */
function kept(changes: readonly LoggedCall[]): RecordedRun["calls"] {
  const succeeded = changes.filter(({ body, status }) => body !== undefined && status < 300);
  const last = new Map(succeeded.map((call) => [`${call.verb} ${call.path}`, call]));
  return succeeded
    .filter((call) => !isPolicy(call) || last.get(`${call.verb} ${call.path}`) === call)
    .map(({ verb, path, body, status, reply }) => ({
      verb,
      path,
      body: withoutSecrets(body) ?? null,
      status,
      name: textAt(reply, "name"),
    }));
}

function isPolicy({ path }: LoggedCall): boolean {
  return path.includes(":setIamPolicy") || /\/b\/[^/]+\/iam/.test(path);
}

/** Secret values are new at every apply: a fixed one stands for them. */
function withoutSecrets(body: Json | undefined): Json | undefined {
  if (textAt(body, "payload.data") !== "") return { payload: { data: "c2VjcmV0" } };
  if (textAt(body, "keyValue") === "" || !isObject(body)) return body;
  return { ...body, keyValue: "AAECAwQFBgcICQoLDA0ODw==" };
}

function written({ calls, ...run }: RecordedRun): string {
  const lines = calls.map((call) => JSON.stringify(call));
  return `${JSON.stringify(run).slice(0, -1)},"calls":[\n${lines.join(",\n")}\n]}`;
}

const temporary = mkdtempSync(join(tmpdir(), "record-"));
try {
  const recorded = [
    await recordEveryType(join(temporary, "e")),
    await recordProduction(join(temporary, "p")),
  ];
  writeFileSync(join(fixtures, "recorded-calls.json"), `[\n${recorded.map(written).join(",\n")}\n]\n`);
} finally {
  rmSync(temporary, { recursive: true });
}
