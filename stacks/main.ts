/** What `cdktf.json` names: writes every stack to `cdktf.out`. */
import { enableCompileCache } from "node:module";

// Before anything else is imported: a fifth of a synthesis is compiling what did not change since the last one.
enableCompileCache();
await import("./synthesise.ts");
