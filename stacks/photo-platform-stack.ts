import { Aspects, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ContainerRegistry } from "../constructs/container-registry.ts";
import { Labels } from "../constructs/labels.ts";
import { suppress } from "../constructs/rules/index.ts";
import type { Environment } from "../environments/index.ts";
import { accountOf } from "./accounts.ts";
import { addGoogleProvider } from "./google-provider.ts";
import { labelsOf } from "./labels.ts";
import { Data } from "./parts/data.ts";
import { Edge } from "./parts/edge.ts";
import { Service, webServiceName } from "./parts/service.ts";
import { keepStateInBucket } from "./state.ts";

/** The whole unit of one environment; its name is the environment's. */
export class PhotoPlatformStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    keepStateInBucket(this, environment);
    addGoogleProvider(this, environment);

    const registry = new ContainerRegistry(this, "registry", {
      projectId: environment.project.id,
      region: environment.regions[0],
      name: "imgstream",
      deletionProtection: environment.deletionProtection,
    });
    registry.grantPull(accountOf("web", environment));
    const data = new Data(this, "data", environment);
    const edge = new Edge(this, "edge", environment, webServiceName);
    new Service(this, "service", environment, {
      data,
      edge,
      // Deploying comes with the image: until then the name says why there is nothing to pull.
      image: { uri: `${registry.prefix}/app:nothing-is-published-yet` },
    });

    Aspects.of(this).add(new Labels(labelsOf(environment)));
    exceptFromRules(this, edge, environment);
  }
}

/** What the rules may not ask of this environment, with the reason. */
function exceptFromRules(stack: PhotoPlatformStack, edge: Edge, environment: Environment): void {
  suppress(
    edge.web,
    "backend-firewall",
    "The web firewall comes with the rest of the edge, before the first deploy.",
  );
  if (!environment.deletionProtection) {
    suppress(
      stack,
      "deletion-protection",
      "The environment's facts say deletionProtection: false: what is in it may be lost, and it is rebuilt often.",
    );
  }
  if (environment.retire) {
    suppress(
      stack,
      "emptied-on-destroy",
      "The environment's facts say retire: true: it is being left on purpose.",
    );
  }
}
