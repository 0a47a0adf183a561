import { mkdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { CertificateAuthority } from "../cloud-run/certificate-authority.ts";
import { endpointVariables } from "../google-apis/endpoints.ts";
import type { Project } from "../google-apis/engine/projects.ts";
import type { World } from "../google-apis/engine/world.ts";
import { startStandIn } from "../google-apis/stand-in.ts";
import { answerForGoogleOnPort, type BreakOff } from "../cloud-run/google-hosts.ts";
import { signingKeySet } from "../google-apis/engine/signing-key.ts";
import { googleIapKeySetUrl, googleOpenIdKeySetUrl } from "../../app/runtime-contract.ts";
import { DeclaredEvents } from "./declared-events.ts";
import { Containers } from "./containers.ts";
import { DeclaredEdge } from "./declared-edge.ts";
import { DeclaredSchedules } from "./declared-schedules.ts";
import { type Registry, startRegistry } from "./registry.ts";

export interface PlatformOptions {
  readonly project: Project;
  /** Who owns the project: `user:owner@example.com`. */
  readonly owner: string;
  /** A short path: sockets lie below it. */
  readonly folder: string;
  readonly groupsOf: (email: string) => readonly string[];
  /** What other platforms use too, and closing this one leaves alone. @default this one's own */
  readonly shared?: { readonly registry: Registry; readonly imagesFolder: string };
}

/** Google Cloud on this machine: APIs, registry, what runs containers, and the edge that the APIs' resources drive. */
export interface Platform {
  readonly world: World;
  readonly containers: Containers;
  readonly edge: DeclaredEdge;
  readonly events: DeclaredEvents;
  readonly schedules: DeclaredSchedules;
  readonly authority: CertificateAuthority;
  readonly registry: string;
  /** Where Google's APIs are answered: `http://127.0.0.1:PORT`. */
  readonly apiOrigin: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Where a browser finds Google's hosts, over TLS. */
  readonly googlePort: number;
  /** Sees what is asked there, until another one does or none, and may break the line off. */
  watchGoogle(breakOff: BreakOff | undefined): void;
  /** What turns Terraform and the apply-time programs to this platform, for one who acts as `member`. */
  variablesFor(member: string): Record<string, string>;
  close(): Promise<void>;
}

/** Where Google publishes the keys of the identity proxy and of its OpenID tokens. */
const keySets = { identityProxy: new URL(googleIapKeySetUrl), openId: new URL(googleOpenIdKeySetUrl) };

export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { folder, project, owner, groupsOf, shared } = options;
  await mkdir(folder, { recursive: true });
  const authority = await CertificateAuthority.create();
  const registry = shared?.registry ?? (await startRegistry(join(folder, "registry")));
  let origin = "";
  const containers = new Containers({
    registry: registry.origin,
    folder: join(folder, "run"),
    imagesFolder: shared?.imagesFolder ?? join(folder, "run", "images"),
    authority,
    standInOf: () => origin,
  });
  const published: { keySet?: unknown } = {};
  const publishKeys = (request: IncomingMessage, response: ServerResponse): boolean => {
    const isAskedFor = ({ host, pathname }: URL): boolean =>
      request.headers.host === host && request.url === pathname;
    const found = isAskedFor(keySets.openId)
      ? signingKeySet
      : isAskedFor(keySets.identityProxy)
        ? published.keySet
        : undefined;
    if (found === undefined) return false;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(found));
    return true;
  };
  const standIn = await startStandIn({
    projects: [project],
    owner,
    runtime: containers,
    // As long as a revision may take to become ready, so that the rehearsal does not wait for the provider's next look.
    operationPatienceSeconds: 30,
    sideDoors: [publishKeys],
  });
  ({ origin } = standIn);
  const { world } = standIn;
  const edgeFolder = join(folder, "edge");
  await mkdir(edgeFolder, { recursive: true });
  const edge = await DeclaredEdge.open({ world, containers, authority, folder: edgeFolder, groupsOf });
  published.keySet = edge.keySet;
  const ports = await edge.listen();
  const events = new DeclaredEvents({ world, containers });
  const schedules = new DeclaredSchedules({ world, containers, apiOrigin: origin });
  const watching: { breakOff?: BreakOff | undefined } = {};
  const google = await answerForGoogleOnPort(
    authority,
    (host) => (host === "storage.googleapis.com" ? origin : undefined),
    (request) => watching.breakOff?.(request),
  );
  return {
    world,
    containers,
    edge,
    authority,
    registry: registry.origin,
    apiOrigin: origin,
    events,
    schedules,
    googlePort: google.port,
    watchGoogle: (breakOff) => {
      watching.breakOff = breakOff;
    },
    ...ports,
    variablesFor: (member) => ({
      ...endpointVariables(origin, world.tokens.issue(member)),
      IMGSTREAM_REGISTRY_ENDPOINT: registry.origin,
    }),
    close: async () => {
      await edge.close();
      await google.close();
      await events.close();
      schedules.close();
      await containers.close();
      await standIn.close();
      if (shared === undefined) await registry.close();
    },
  };
}
