import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import type { Construct } from "constructs";
import type { Environment } from "../environments/index.ts";

/**
 * How a stack's calls travel.
 * - `each`: on their own. Batched calls wait for one another: without, the whole topology went up in 28 s instead of 43.
 * - `together`: those to the project's policy in one change. It takes one change at a time, and the provider reads it
 *   back three times after each: two dozen grants went up in 25 s instead of 95.
 */
export type Batching = "each" | "together";

const batchings: Readonly<Record<Batching, { enableBatching: boolean; sendAfter?: string }>> = {
  each: { enableBatching: false },
  together: { enableBatching: true, sendAfter: "1s" },
};

export interface ProviderCalls {
  /** @default each */
  readonly batching?: Batching;
  /**
   * Whether calls name the project as the one whose quota they use. A person's own login names none, and the API
   * of budgets refuses that. It asks for the permission `serviceusage.services.use`, which owners have.
   *
   * @default false
   */
  readonly onQuotaOfProject?: boolean;
}

/** The one provider of a stack. Credentials come from the environment of whoever deploys, never from here. */
export function addGoogleProvider(
  scope: Construct,
  { project, regions }: Environment,
  { batching = "each", onQuotaOfProject = false }: ProviderCalls = {},
): GoogleProvider {
  return new GoogleProvider(scope, "google", {
    project: project.id,
    region: regions[0],
    batching: [batchings[batching]],
    ...(onQuotaOfProject && { userProjectOverride: true, billingProject: project.id }),
    addTerraformAttributionLabel: false,
  });
}
