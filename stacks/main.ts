/** What `cdktf.json` names: writes every stack to `cdktf.out`. */
import { enableCompileCache } from "node:module";
import { setImmediate } from "node:timers/promises";
import { readPackagesLate } from "./late-packages.ts";
import { leaveOutSourceMaps } from "./left-out-source-maps.ts";

// Before anything else is imported: a fifth of a synthesis is compiling what did not change since the last one.
enableCompileCache();
readPackagesLate();
leaveOutSourceMaps();
// Asks git, which needs time and no processor of ours, before cdktf is read, which needs ours without a pause.
const image = import("./photo-image.ts");
await setImmediate();
await import("./synthesise.ts");
await image;
