/** What `cdktf.json` names: writes every stack to `cdktf.out`. */
import { enableCompileCache } from "node:module";
import { setImmediate } from "node:timers/promises";

// Before anything of ours is imported: most of a synthesis would be compiling what did not change since the last one.
enableCompileCache();
const { readPackagesLate } = await import("./late-packages.ts");
const { leaveOutSourceMaps } = await import("./left-out-source-maps.ts");
readPackagesLate();
leaveOutSourceMaps();
// Asks git, which needs time and no processor of ours, before cdktf is read, which needs ours without a pause.
const image = import("./photo-image.ts");
await setImmediate();
// cdktf sets it, whichever of its commands it is. Terraform would ask for the state before the first step of an apply.
if (process.env["CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS"] === "true") {
  const { refuseWhatCdktfDeploys } = await import("./command/calling-cdktf.ts");
  await refuseWhatCdktfDeploys();
}
await import("./synthesise.ts");
await image;
// All is written. Node would give back what a synthesis held piece by piece.
process.exit();
