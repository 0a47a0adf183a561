import { App } from "cdktf";
import { checkRules } from "../constructs/rules/index.ts";
import { environments } from "../environments/index.ts";
import { BootstrapStack } from "./bootstrap-stack.ts";
import { PhotoPlatformStack } from "./photo-platform-stack.ts";
import { copyProviderLock } from "./provider-lock.ts";
import { resolveQuickly } from "./quick-resolution.ts";
import { repairHclOf } from "./repair-hcl.ts";
import { forgetTokenOrigins } from "./token-origins.ts";

forgetTokenOrigins();
resolveQuickly();
const app = new App();
for (const environment of Object.values(environments)) {
  new PhotoPlatformStack(app, environment.name, environment);
  new BootstrapStack(app, `bootstrap-${environment.name}`, environment);
}
checkRules(app);
app.synth();
const stacks = Object.keys(app.manifest.stacks);
copyProviderLock(app.outdir, stacks);
repairHclOf(app.outdir, stacks);
