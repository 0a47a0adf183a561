import { Construct } from "constructs";
import {
  containerPort,
  googleIapKeySetUrl,
  healthPaths,
  type RuntimeVariable,
} from "../../app/runtime-contract.ts";
import { CloudRunService } from "../../constructs/cloud-run-service.ts";
import type { EnvironmentValue } from "../../constructs/container.ts";
import type { ImageReference } from "../../constructs/image-reference.ts";
import { serviceAgent } from "../../constructs/service-agents.ts";
import type { Environment } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";
import type { Data } from "./data.ts";
import type { Edge } from "./edge.ts";

/** The service's literal name: the load balancer's groups need it before the service is there. */
export const webServiceName = "imgstream-web";

export interface ServiceParts {
  readonly data: Data;
  readonly edge: Edge;
  readonly image: ImageReference;
}

/** What runs: the web role in every region. */
export class Service extends Construct {
  readonly web: readonly CloudRunService[];

  constructor(scope: Construct, id: string, environment: Environment, { data, edge, image }: ServiceParts) {
    super(scope, id);
    const variables = {
      PUBLIC_ORIGIN: `https://${environment.domain}`,
      IAP_AUDIENCE: edge.web.audience,
      IAP_KEY_SET_URL: googleIapKeySetUrl,
      IDENTITY_KEY: data.identityKey.version(environment.secretVersions.identityKey),
      MEDIA_STORE: `gs://${data.media.name}`,
      RECORDS_STORE: `gs://${data.records.name}`,
      CACHE_FOLDER: "/tmp/imgstream",
      ADMINISTRATORS: environment.administrators.join(","),
    } satisfies Record<RuntimeVariable, EnvironmentValue>;

    this.web = environment.regions.map((region) => {
      const service = new CloudRunService(this, `web-${region}`, {
        name: webServiceName,
        region,
        image,
        args: ["web"],
        account: accountOf("web", environment),
        ...environment.web,
        environment: variables,
        port: containerPort,
        startupPath: healthPaths.ready,
        livenessPath: healthPaths.live,
        ingress: "load-balancer",
        sessionAffinity: true,
        deletionProtection: environment.deletionProtection,
        dependsOn: [...data.media.grants, ...data.records.grants],
      });
      service.grantInvoke(serviceAgent("iap", environment.project.number));
      return service;
    });
  }
}
