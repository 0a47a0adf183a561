import { Aspects, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { GoogleApis } from "../constructs/google-apis.ts";
import { Labels } from "../constructs/labels.ts";
import { ServiceAccount } from "../constructs/service-account.ts";
import type { Environment } from "../environments/index.ts";
import { accounts } from "./accounts.ts";
import { addGoogleProvider } from "./google-provider.ts";
import { labelsOf } from "./labels.ts";
import { keepBootstrapState } from "./state.ts";

/** What an owner applies once, and what a deployer must not be able to change. */
export class BootstrapStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    keepBootstrapState(this, environment);
    addGoogleProvider(this, environment);
    const { services } = new GoogleApis(this, "apis", {
      apis: [
        "artifactregistry.googleapis.com",
        "compute.googleapis.com",
        "iam.googleapis.com",
        "iap.googleapis.com",
        "run.googleapis.com",
        "secretmanager.googleapis.com",
        "storage.googleapis.com",
      ],
    });
    new ServiceAccount(this, "web", {
      projectId: environment.project.id,
      name: accounts.web.name,
      displayName: accounts.web.purpose,
      dependsOn: services,
    });
    Aspects.of(this).add(new Labels(labelsOf(environment)));
  }
}
