import { isObject, objectAt, textAt } from "../google-apis/engine/json.ts";
import { behind } from "./behind.ts";
import { readDeclaration } from "./declaration.ts";
import { ApiClient } from "./declared-only/api-client.ts";
import type { Stage } from "./stage.ts";

const cloudRun = "https://run.googleapis.com/v2/";

/** Does what each declared schedule would do at its time: asks Cloud Run for the job, as the schedule's own account. */
export async function walkSchedules(stage: Stage): Promise<string> {
  const { outdir, facts, platform } = stage;
  const schedules = objectAt(
    readDeclaration(outdir, facts.environment),
    "resource.google_cloud_scheduler_job",
  );
  const said: string[] = [];
  for (const schedule of Object.values(schedules)) {
    const target = objectAt(isObject(schedule) ? schedule : {}, "http_target");
    const uri = textAt(target, "uri");
    if (!uri.startsWith(cloudRun)) throw new Error(`a schedule asks ${uri}, which nothing here answers`);
    const account = textAt(target, "oauth_token.service_account_email");
    const client = new ApiClient(platform.variablesFor(`serviceAccount:${account}`));
    const body: unknown = JSON.parse(Buffer.from(textAt(target, "body"), "base64").toString("utf8") || "{}");
    const path = uri.slice(cloudRun.length);
    await client.send("POST", "CLOUD_RUN_V2", path, isObject(body) ? body : {}).catch((error: Error) => {
      throw new Error(`${error.message}\n${behind(stage)}`, { cause: error });
    });
    const job = path.replace(/^.*\/jobs\//, "").replace(/:run$/, "");
    said.push(`${job} ran to its end, asked by ${account} (${platform.containers.logOf(job).length} lines)`);
  }
  if (said.length === 0) throw new Error("nothing is scheduled: maintenance never runs");
  return said.join("\n");
}
