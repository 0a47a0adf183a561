import { setTimeout as pause } from "node:timers/promises";
import { readJsonText, textAt } from "../../google-apis/engine/json.ts";
import { readDeclaration } from "../declaration.ts";
import type { Stage } from "../stage.ts";
import type { Step } from "./step.ts";

const patienceMilliseconds = 120_000;

/** Waits until a deploy holds the lock of the environment's state; a plan's does not count. @throws Error where none does */
async function deployUnderWay(stage: Stage, failed: AbortSignal): Promise<void> {
  const backend = readDeclaration(stage.outdir, stage.facts.environment);
  const [bucket, prefix] = ["bucket", "prefix"].map((name) =>
    textAt(backend, `terraform.backend.gcs.${name}`),
  );
  const end = performance.now() + patienceMilliseconds;
  for (;;) {
    const lock = stage.platform.world.objects.bucket(bucket ?? "")?.find(`${prefix}/default.tflock`);
    if (
      lock !== undefined &&
      textAt(readJsonText(lock.bytes.toString("utf8")), "Operation") === "OperationTypeApply"
    )
      return;
    if (performance.now() > end)
      throw new Error(`no deploy took the lock ${prefix}/default.tflock of ${bucket}`);
    failed.throwIfAborted();
    await pause(20);
  }
}

/** Goes on beside a deploy: another one at the same time is refused. */
export const contention: Step = {
  title: "Meanwhile another deploy contends for the state's lock",
  run: async (stage, failed) => {
    await deployUnderWay(stage, failed);
    const other = await stage.deploy();
    const { code, output } = await other.apply("-lock-timeout=0s");
    if (code === 0) throw new Error("while one deploy was under way, another one went through");
    if (!output.includes("Error acquiring the state lock"))
      throw new Error(`another deploy failed, and not for the lock: ${output.slice(-2000)}`);
    return "while one deploy was under way, another was refused the lock";
  },
};
