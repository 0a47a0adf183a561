import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnFreePort } from "../free-port.ts";
import type { World } from "../google-apis/engine/world.ts";
import { signIdToken } from "../google-apis/iam-credentials.ts";

export interface MetadataServer {
  readonly origin: string;
  close(): Promise<void>;
}

export interface MetadataIdentity {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly region: string;
  /** The e-mail address of the account that the container runs as. */
  readonly account: string;
}

/**
 * What a container of Cloud Run finds at `metadata.google.internal`: its project, its region and tokens of the account
 * that it runs as. https://cloud.google.com/run/docs/container-contract#metadata-server
 */
export async function startMetadataServer(world: World, identity: MetadataIdentity): Promise<MetadataServer> {
  const server = createServer((request, response) => answer(world, identity, request, response));
  const port = await listenOnFreePort(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(
  world: World,
  identity: MetadataIdentity,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://metadata.google.internal");
  const send = (status: number, body: string): void => {
    response
      .writeHead(status, {
        "metadata-flavor": "Google",
        "content-type": body.startsWith("{") ? "application/json" : "application/text",
      })
      .end(body);
  };
  // A page that is tricked into asking cannot set this header: it is what protects the tokens.
  if (pathname !== "/" && request.headers["metadata-flavor"] !== "Google")
    return send(403, "Missing Metadata-Flavor:Google header.");
  const path = pathname.replace(/\/$/, "").replace(/^\/computeMetadata\/v1\/?/, "");
  const own = path.match(/^instance\/service-accounts\/(?:default|[^/]+@[^/]+)\/?(.*)$/)?.[1];
  if (pathname === "/" || path === "" || path === "instance") return send(200, "computeMetadata/\n");
  if (path === "project/project-id") return send(200, identity.projectId);
  if (path === "project/numeric-project-id") return send(200, identity.projectNumber);
  if (path === "universe/universe-domain") return send(200, "googleapis.com");
  if (path === "instance/region")
    return send(200, `projects/${identity.projectNumber}/regions/${identity.region}`);
  if (path === "instance/zone")
    return send(200, `projects/${identity.projectNumber}/zones/${identity.region}-1`);
  if (path === "instance/id") return send(200, "00bf4bf02d");
  if (path === "instance/service-accounts") return send(200, `default/\n${identity.account}/\n`);
  if (own === "email") return send(200, identity.account);
  if (own === "scopes") return send(200, "https://www.googleapis.com/auth/cloud-platform");
  if (own === "" && searchParams.get("recursive") === "true") {
    return send(
      200,
      JSON.stringify({
        aliases: ["default"],
        email: identity.account,
        scopes: ["https://www.googleapis.com/auth/cloud-platform"],
      }),
    );
  }
  if (own === "token") {
    const token = world.tokens.issue(`serviceAccount:${identity.account}`);
    return send(200, JSON.stringify({ access_token: token, expires_in: 3599, token_type: "Bearer" }));
  }
  if (own === "identity") {
    const audience = searchParams.get("audience");
    if (audience === null) return send(400, "non-empty audience parameter required\n");
    return send(200, signIdToken(world, identity.account, audience, true));
  }
  return send(404, "Not Found");
}
