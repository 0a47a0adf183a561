/** An app as another team would write it, with a bucket that breaks rules. */
import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket/index.js";
import { App, TerraformStack } from "cdktf";
import { checkRules } from "../../../../constructs/rules/index.ts";

const app = new App();
const stack = new TerraformStack(app, "theirs");
new GoogleProvider(stack, "google", { project: "their-project" });
new StorageBucket(stack, "photos", { name: "their-photos", location: "EU" });
checkRules(app);
app.synth();
