/**
 * Fails until the revision of a Cloud Run service that serves runs one image. Terraform alone can call a failed
 * roll-out done: the next plan is then empty while the old revision serves. Given: SERVICE
 * (`projects/P/locations/L/services/S`), IMAGE.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { connectToGoogle } from "./google.mts";
import { field, property } from "./json-request.mts";
import { shortName, whyNotReady } from "./revision.mts";
import { runProgram } from "./run-program.mts";

/** As long as the platform takes to start a revision, or to give up on it. */
const patienceMilliseconds = 300_000;

const remedy = "Its log says why: mend that and deploy again, or deploy the commit before";

await runProgram(async (input, variables) => {
  const ask = await connectToGoogle(variables);
  const path = input("SERVICE");
  const end = Date.now() + patienceMilliseconds;
  for (let pause = 500; ; pause = Math.min(2 * pause, 5_000)) {
    const service = await ask({ product: "run", path });
    if (property(service, "reconciling") !== true || Date.now() > end) return judge(service);
    await sleep(pause);
  }

  async function judge(service: unknown): Promise<string> {
    const image = input("IMAGE");
    const name = shortName(path);
    const wanted = imagesOf(property(service, "template"));
    if (!wanted.includes(image)) {
      throw new Error(`${name} was told to run ${wanted.join(", ")} and not ${image}. ${remedy}`);
    }
    const created = field(service, "latestCreatedRevision");
    const ready = property(service, "latestReadyRevision");
    if (
      created !== ready ||
      property(property(service, "terminalCondition"), "state") !== "CONDITION_SUCCEEDED"
    ) {
      throw new Error(
        `${name} does not serve ${image}: ${shortName(created)} ${await whyNotReady(ask, service)}. ` +
          `${typeof ready === "string" ? `${shortName(ready)} serves on` : "Nothing serves yet"}. ${remedy}`,
      );
    }
    const percent = latestPercent(service, created);
    if (percent !== 100) {
      throw new Error(`${shortName(created)} runs ${image} and gets ${percent} % of the traffic. ${remedy}`);
    }
    const running = imagesOf(await ask({ product: "run", path: created }));
    if (!running.some((one) => isSameImage(one, image))) {
      throw new Error(`${shortName(created)} runs ${running.join(", ")} and not ${image}. ${remedy}`);
    }
    return `${name}: ${shortName(created)} serves ${image}`;
  }
});

function imagesOf(from: unknown): string[] {
  const containers = property(from, "containers");
  return Array.isArray(containers) ? containers.map((container) => String(property(container, "image"))) : [];
}

/** A revision names what it runs by the tag that it was given, or by the digest that the tag meant. */
function isSameImage(running: string, image: string): boolean {
  return running === image || running.startsWith(`${image.slice(0, image.lastIndexOf(":"))}@sha256:`);
}

function latestPercent(service: unknown, revision: string): number {
  const statuses = property(service, "trafficStatuses");
  return (Array.isArray(statuses) ? statuses : [])
    .filter((status) => {
      const target = property(status, "revision");
      return (
        property(status, "type") === "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" ||
        target === shortName(revision) ||
        target === revision
      );
    })
    .reduce((sum, status) => sum + Number(property(status, "percent") ?? 0), 0);
}
