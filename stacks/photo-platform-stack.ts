import { Aspects, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { unhurriedPaths } from "../app/runtime-contract.ts";
import { DeployGate } from "../constructs/deploy-gate.ts";
import { Labels } from "../constructs/labels.ts";
import { PrivateNetwork } from "../constructs/private-network.ts";
import { SelfContainedStack } from "../constructs/self-contained-stack.ts";
import type { Environment } from "../environments/index.ts";
import { endpointVariables } from "./endpoint-variables.ts";
import { addGoogleProvider } from "./google-provider.ts";
import { labelsOf } from "./labels.ts";
import { Contents } from "./parts/contents.ts";
import { Data } from "./parts/data.ts";
import { Edge } from "./parts/edge.ts";
import { Events } from "./parts/events.ts";
import { Observability } from "./parts/observability.ts";
import { Service, webServiceName } from "./parts/service.ts";
import { shareRedis } from "./parts/redis-access.ts";
import { photoImage } from "./photo-image.ts";
import { refusalsOf, refusalsOfImage } from "./refusals.ts";
import { exceptFromRules } from "./rule-exceptions.ts";
import { keepStateInBucket } from "./state.ts";

/** The whole unit of one environment; its name is the environment's. */
export class PhotoPlatformStack extends SelfContainedStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { regions, domain, deletionProtection } = environment;
    keepStateInBucket(this, environment);
    addGoogleProvider(this, environment);
    new DeployGate(this, "gate", {
      refusals: [...refusalsOf(environment), ...refusalsOfImage(photoImage)],
      endpointVariables,
    });

    const data = new Data(this, "data", environment);
    const contents = new Contents(this, "contents", environment, data, photoImage);
    const network = new PrivateNetwork(this, "network", { name: "imgstream", regions });
    const shared = shareRedis(this, environment, network);
    const edge = new Edge(this, "edge", environment, data, webServiceName);
    const service = new Service(this, "service", environment, {
      data,
      edge,
      network,
      contents,
      ...(shared && { shared }),
    });
    const events = new Events(this, "events", environment, data, service);
    const loadBalancer = edge.open(service.ready);
    new Observability(this, "observability", environment, {
      host: domain,
      web: service.web[0],
      worker: service.worker,
      maintenance: service.maintenance,
      loadBalancer,
      backend: edge.web,
      buckets: data,
      subscriptions: [...events.pushes, events.warehouse],
      deadLetter: events.deadLetter,
      ...(shared && { redis: shared.redis }),
      unhurried: [
        { method: "POST", route: unhurriedPaths.upload, apartAtTheEdge: false },
        { method: "GET", route: unhurriedPaths.live, apartAtTheEdge: true },
      ],
    });

    new TerraformOutput(this, "version", {
      value: contents.version,
      description: "The version, as health replies, log lines and the page name it",
    });
    new TerraformOutput(this, "image", { value: contents.uri, description: "What the services run" });
    new TerraformOutput(this, "address", {
      value: loadBalancer.address.address,
      description: `The A record of ${domain}`,
    });
    Aspects.of(this).add(new Labels(labelsOf(environment)));
    exceptFromRules(this, { isUnprotected: !deletionProtection, isLeft: environment.retire });
  }
}
