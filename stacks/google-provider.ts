import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import type { Construct } from "constructs";
import type { Environment } from "../environments/index.ts";

/** The one provider of a stack. Credentials come from the environment of whoever deploys, never from here. */
export function addGoogleProvider(scope: Construct, { project, regions }: Environment): GoogleProvider {
  return new GoogleProvider(scope, "google", {
    project: project.id,
    region: regions[0],
    // Batched calls wait for one another: without them the whole topology went up in 28 s instead of 43.
    batching: [{ enableBatching: false }],
    addTerraformAttributionLabel: false,
  });
}
