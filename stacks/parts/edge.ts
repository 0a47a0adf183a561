import { Construct } from "constructs";
import { IdentityAwareBackend } from "../../constructs/edge/identity-aware-backend.ts";
import { memberPrincipal } from "../../constructs/principal.ts";
import type { Environment } from "../../environments/index.ts";

/** The way in: who may sign in, and what the app is told to expect of them. */
export class Edge extends Construct {
  readonly web: IdentityAwareBackend;

  constructor(scope: Construct, id: string, environment: Environment, webServiceName: string) {
    super(scope, id);
    this.web = new IdentityAwareBackend(this, "web", {
      name: "imgstream-web",
      projectNumber: environment.project.number,
      serviceName: webServiceName,
      regions: environment.regions,
    });
    for (const who of environment.access) this.web.grantAccess(memberPrincipal(who));
  }
}
