import { IapSettings } from "@cdktf/provider-google/lib/iap-settings/index.js";
import type { Construct } from "constructs";
import type { IdentityAwareBackend } from "./identity-aware-backend.ts";

export interface ProgrammaticClientsProps {
  readonly projectNumber: string;
  readonly backend: IdentityAwareBackend;
  /** Ids of desktop OAuth clients, made by hand once: Google's own client refuses what is not a browser. */
  readonly clients: readonly string[];
}

/** People's command line programs, let through Identity-Aware Proxy with tokens of these OAuth clients. */
export class ProgrammaticClients extends IapSettings {
  constructor(scope: Construct, id: string, { projectNumber, backend, clients }: ProgrammaticClientsProps) {
    if (clients.length === 0) {
      throw new Error("'clients' must name at least one OAuth client: without any, leave the construct out");
    }
    super(scope, id, {
      name: `projects/${projectNumber}/iap_web/compute/services/${backend.backend.name}`,
      accessSettings: { oauthSettings: { programmaticClients: [...clients] } },
    });
  }
}
