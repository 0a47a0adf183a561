import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { objectPrefixes, unhurriedPaths } from "../../app/runtime-contract.ts";
import { BucketFirewall } from "../../constructs/edge/bucket-firewall.ts";
import { IdentityAwareBackend } from "../../constructs/edge/identity-aware-backend.ts";
import { LoadBalancer } from "../../constructs/edge/load-balancer.ts";
import type { LoadBalancerProps } from "../../constructs/edge/load-balancer.ts";
import { ProgrammaticClients } from "../../constructs/edge/programmatic-clients.ts";
import { PublicCdnBucket } from "../../constructs/edge/public-cdn-bucket.ts";
import { SignedCdnBucket } from "../../constructs/edge/signed-cdn-bucket.ts";
import { SigningKey } from "../../constructs/edge/signing-key.ts";
import { WebFirewall } from "../../constructs/edge/web-firewall.ts";
import { memberPrincipal } from "../../constructs/principal.ts";
import { serviceAgent } from "../../constructs/service-agents.ts";
import type { Environment } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";
import type { Data } from "./data.ts";

/** The load balancer's literal name, and its URL map's: maintenance needs it before the load balancer is there. */
export const loadBalancerName = "imgstream";

/** A page that a photo's address opens by itself can run nothing. Not on assets: it would block workers. */
const sandbox = "Content-Security-Policy: sandbox";

/** The way in: who may sign in, which paths are files, and the one address that opens when all of it is there. */
export class Edge extends Construct {
  readonly web: IdentityAwareBackend;
  readonly signingKey: SigningKey;
  private readonly environment: Environment;
  private readonly routes: LoadBalancerProps["routes"];

  constructor(scope: Construct, id: string, environment: Environment, data: Data, webServiceName: string) {
    super(scope, id);
    this.environment = environment;
    const { project, regions, access, programmaticClients } = environment;

    this.web = new IdentityAwareBackend(this, "web", {
      name: "imgstream-web",
      projectNumber: project.number,
      serviceName: webServiceName,
      regions,
      firewall: new WebFirewall(this, "web-firewall", {
        name: "imgstream-web",
        uploadPaths: [unhurriedPaths.upload],
      }),
    });
    for (const who of access) this.web.grantAccess(memberPrincipal(who));
    // The signed-in synthetic check comes the way people come.
    this.web.grantAccess(accountOf("maintenance", environment));
    if (programmaticClients.length > 0) {
      new ProgrammaticClients(this, "clients", {
        projectNumber: project.number,
        backend: this.web,
        clients: programmaticClients,
      });
    }

    const firewall = new BucketFirewall(this, "bucket-firewall", { name: "imgstream-buckets" });
    const loadBalancerAgent = serviceAgent("loadBalancer", project.number);
    const assets = new PublicCdnBucket(this, "assets", {
      name: "imgstream-assets",
      bucket: data.assets,
      firewall,
      loadBalancerAgent,
    });
    const derivatives = new SignedCdnBucket(this, "derivatives", {
      name: "imgstream-derivatives",
      bucket: data.media,
      firewall,
      responseHeaders: [sandbox],
    });
    const originals = new SignedCdnBucket(this, "originals", {
      name: "imgstream-originals",
      bucket: data.media,
      firewall,
      responseHeaders: [sandbox, "Content-Disposition: attachment"],
    });
    this.signingKey = new SigningKey(this, "signing-key", {
      projectId: project.id,
      secretVersion: data.mediaKey,
      namePrefix: "media-v",
      backends: [derivatives, originals],
      fillAgent: serviceAgent("cdnFill", project.number),
    });

    this.routes = [
      { paths: ["/assets/*"], bucket: assets },
      { paths: [`/${objectPrefixes.originals}*`], bucket: originals },
      { paths: [`/${objectPrefixes.previews}*`, `/${objectPrefixes.thumbnails}*`], bucket: derivatives },
      ...(data.shares
        ? [
            {
              paths: ["/shares/*"],
              bucket: new PublicCdnBucket(this, "shares", {
                name: "imgstream-shares",
                bucket: data.shares,
                firewall,
                loadBalancerAgent,
                responseHeaders: [sandbox],
              }),
            },
          ]
        : []),
    ];
  }

  /** Opens the address, after everything that must be there for the first request. */
  open(after: readonly ITerraformDependable[]): LoadBalancer {
    return new LoadBalancer(this, "load-balancer", {
      name: loadBalancerName,
      domain: this.environment.domain,
      app: this.web,
      routes: this.routes,
      pathsApart: [unhurriedPaths.live],
      openAfter: [...after, ...this.web.grants, this.signingKey],
    });
  }
}
