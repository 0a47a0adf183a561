import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { longestSeconds } from "./media-access.ts";
import type { MediaAccess } from "./media-access.ts";

export interface MediaCookiesOptions {
  /** Undefined: no edge verifies anything here, and no cookie is set. */
  readonly access: MediaAccess | undefined;
  /** Scheme and host that people see, such as `https://photos.example.com`. */
  readonly publicOrigin: string;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

const renewalSeconds = longestSeconds / 2;

/**
 * Gives the page of who is signed in the cookies that admit to their own photos at the edge, and anew once half of
 * their time is over. Where somebody else used this browser before, theirs go.
 */
const mediaCookies: FastifyPluginAsync<MediaCookiesOptions> = async (server, options) => {
  const { access, publicOrigin, now = Date.now } = options;
  if (access === undefined) return;
  const { protocol, port } = new URL(publicOrigin);
  // The edge's own cookies never come here, for their paths are the edge's: this one says what the browser has. Ports
  // of one host share their cookies.
  const markerName = `imgstream-media${port}`;
  const identified = new WeakSet<FastifyRequest>();
  const attributes = `HttpOnly; SameSite=Lax${protocol === "https:" ? "; Secure" : ""}`;

  // After the identity's own hook, which lets nobody through unknown.
  server.addHook("onRequest", async (request) => {
    if (request.routeOptions.config.answersAnyone !== true) identified.add(request);
  });

  server.addHook("onSend", async (request, reply) => {
    if (!identified.has(request) || !isPage(request) || reply.statusCode >= 400) return;
    const { userId } = request.identity;
    const seconds = now() / 1000;
    const marker = readMarker(request.headers.cookie, markerName);
    if (marker?.userId === userId && marker.keyName === access.keyName && marker.renewAt > seconds) return;
    const before = marker === undefined || marker.userId === userId ? [] : access.cookiesFor(marker.userId);
    const renewAt = Math.floor(seconds + renewalSeconds);
    void reply.header("set-cookie", [
      ...before.map(({ name, path }) => `${name}=; Path=${path}; Max-Age=0; ${attributes}`),
      ...access
        .cookiesFor(userId)
        .map(
          ({ name, value, path, maxAgeSeconds }) =>
            `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; ${attributes}`,
        ),
      `${markerName}=${userId}.${access.keyName}.${renewAt}; Path=/; Max-Age=${longestSeconds}; ${attributes}`,
    ]);
  });
};

/** Programs have no use for cookies: they follow the API's addresses. */
function isPage({ headers }: FastifyRequest): boolean {
  return headers["x-requested-with"] === "XMLHttpRequest" || (headers.accept ?? "").includes("text/html");
}

/** Not signed: whoever lies in it only keeps cookies from themselves. */
function readMarker(header: string | undefined, name: string) {
  const value = header
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  const [, userId, keyName, renewAt] =
    /^([\w-]{1,100})\.([a-z0-9_-]{1,63})\.(\d{1,12})$/.exec(value ?? "") ?? [];
  if (userId === undefined || keyName === undefined) return undefined;
  return { userId, keyName, renewAt: Number(renewAt) };
}

export default fastifyPlugin(mediaCookies, {
  name: "media-cookies",
  dependencies: ["identity"],
});
