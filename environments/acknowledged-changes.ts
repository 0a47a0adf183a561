import type { EnvironmentName } from "./environment.ts";

/**
 * A destruction that somebody means. `npm run guard` stops a deploy that would destroy or replace anything,
 * unless the very address stands here; it says which lines to add.
 */
export interface AcknowledgedChange {
  readonly environment: EnvironmentName;
  /** Terraform's address, as the guard prints it: `google_storage_bucket.data_media_bucket_E0922FA2`. */
  readonly address: string;
  /** Why it may go, and where its data went. At least 20 characters. */
  readonly reason: string;
  /** Last day on which it holds, as `2027-01-31` in UTC: an acknowledgement must not outlive its change. */
  readonly until: string;
}

export const acknowledgedChanges: readonly AcknowledgedChange[] = [];
