import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  containerPort,
  type EdgeVariable,
  googleIapKeySetUrl,
  googleOpenIdKeySetUrl,
  healthPaths,
  type MediaKeyVariable,
  type RequestKind,
  requestKinds,
  type RuntimeVariable,
} from "../../app/runtime-contract.ts";
import { CloudRunJob } from "../../constructs/cloud-run-job.ts";
import { CloudRunService } from "../../constructs/cloud-run-service.ts";
import type { EnvironmentValue } from "../../constructs/container.ts";
import { FirstRollOut } from "../../constructs/first-roll-out.ts";
import type { PrivateNetwork } from "../../constructs/private-network.ts";
import { serviceAgent } from "../../constructs/service-agents.ts";
import { ServingCheck } from "../../constructs/serving-check.ts";
import type { Environment, RateFact } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";
import type { Contents } from "./contents.ts";
import type { Data } from "./data.ts";
import { type Edge, loadBalancerName } from "./edge.ts";
import type { RedisAccess } from "./redis-access.ts";

/** The service's literal name: the load balancer's groups need it before the service is there. */
export const webServiceName = "imgstream-web";

export interface ServiceParts {
  readonly data: Data;
  readonly edge: Edge;
  readonly network: PrivateNetwork;
  readonly contents: Contents;
  /** What instances of the web role count together in, where the environment has one. */
  readonly shared?: RedisAccess;
}

/** What runs: one image in three roles, web in every region, worker and maintenance in the first. */
export class Service extends Construct {
  readonly web: readonly [CloudRunService, ...CloudRunService[]];
  readonly worker: CloudRunService;
  readonly maintenance: CloudRunJob;
  private readonly checks: readonly ServingCheck[];
  /** The `aud` of pushed events: a literal, for the worker's own address would be a cycle. */
  readonly eventsAudience: string;

  constructor(scope: Construct, id: string, environment: Environment, parts: ServiceParts) {
    super(scope, id);
    const { data, edge, network, contents, shared } = parts;
    const { project, regions, domain, deletionProtection } = environment;
    this.eventsAudience = `https://${domain}/events`;

    const variables = {
      PROJECT_ID: project.id,
      PUBLIC_ORIGIN: `https://${domain}`,
      IAP_AUDIENCE: edge.web.audience,
      IAP_KEY_SET_URL: googleIapKeySetUrl,
      IDENTITY_KEY: data.identityKey,
      MEDIA_STORE: `gs://${data.media.name}`,
      RECORDS_STORE: `gs://${data.records.name}`,
      UPLOADS_STORE: `gs://${data.uploads.name}`,
      DELETED_KEPT_DAYS: `${data.deletedKeptDays}`,
      CACHE_FOLDER: "/tmp/imgstream",
      ADMINISTRATORS: environment.administrators.join(","),
      EVENTS_AUDIENCE: this.eventsAudience,
      EVENTS_ACCOUNT: accountOf("events", environment).email,
      EVENTS_KEY_SET_URL: googleOpenIdKeySetUrl,
      IMGSTREAM_VERSION: contents.version,
    } satisfies Record<RuntimeVariable | "IMGSTREAM_VERSION", EnvironmentValue>;

    // The web role alone signs, with the key that the edge verifies with.
    const mediaKey = {
      MEDIA_KEY: data.mediaKey,
      MEDIA_KEY_NAME: edge.signingKey.keyName,
    } satisfies Record<MediaKeyVariable, EnvironmentValue>;

    // Maintenance alone deletes what the edge may have copies of.
    const edgeCache = { EDGE_URL_MAP: loadBalancerName } satisfies Record<EdgeVariable, EnvironmentValue>;

    const common = {
      image: contents,
      revisionLabels: { version: contents.version },
      network,
      environment: variables,
      deletionProtection,
      dependsOn: data.grants,
      port: containerPort,
      startupPath: healthPaths.ready,
      livenessPath: healthPaths.live,
    };

    const webIn = (region: string): CloudRunService => {
      const service = new CloudRunService(this, `web-${region}`, {
        ...common,
        ...environment.web,
        name: webServiceName,
        region,
        args: ["web"],
        account: accountOf("web", environment),
        environment: {
          ...variables,
          ...mediaKey,
          ...requestLimits(environment),
          // From another region each request would cross a continent to be counted: there, instances do it alone.
          ...(shared?.redis.region === region && shared.variables),
        },
        // The edge must know the key before the first address is signed with it.
        dependsOn: [...data.grants, edge.signingKey],
        ingress: "load-balancer",
        sessionAffinity: true,
      });
      service.grantInvoke(serviceAgent("iap", project.number));
      return service;
    };
    const [firstRegion, ...otherRegions] = regions;
    this.web = [webIn(firstRegion), ...otherRegions.map(webIn)];
    this.worker = new CloudRunService(this, "worker", {
      ...common,
      ...environment.worker,
      name: "imgstream-worker",
      region: regions[0],
      args: ["worker"],
      account: accountOf("worker", environment),
      ingress: "internal",
      // One HEIC is decoded at a time; the others wait in the process rather than in the queue.
      concurrency: 4,
      timeoutSeconds: 300,
      customAudiences: [this.eventsAudience],
    });
    this.worker.grantInvoke(accountOf("events", environment));
    this.maintenance = new CloudRunJob(this, "maintenance", {
      ...common,
      ...environment.maintenance,
      name: "imgstream-maintenance",
      region: regions[0],
      args: ["maintenance"],
      account: accountOf("maintenance", environment),
      environment: { ...variables, ...edgeCache },
    });
    const services = [...this.web, this.worker];
    if (deletionProtection) {
      for (const service of services) {
        new FirstRollOut(service, "first-roll-out", { projectId: project.id, service });
      }
    }
    this.checks = services.map(
      (service) =>
        new ServingCheck(service, "serving-check", { projectId: project.id, service, image: contents }),
    );
  }

  /**
   * What must be there before people come: the service in every region, that the proxy may invoke it, and that
   * what serves is this version.
   */
  get ready(): readonly ITerraformDependable[] {
    return [...this.web.flatMap(({ service, grants }) => [service, ...grants]), ...this.checks];
  }
}

/** In the order of the kinds, so that the same facts plan the same. */
function requestLimits({ limitsPerPerson = {} }: Environment): Record<string, EnvironmentValue> {
  const limits: Partial<Record<RequestKind, RateFact>> = limitsPerPerson;
  const given = requestKinds.flatMap((kind) => {
    const limit = limits[kind];
    return limit === undefined ? [] : [`${kind}=${limit.burst}/${limit.perSecond}`];
  });
  return given.length === 0 ? {} : { REQUEST_LIMITS: given.join(",") };
}
