import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { RequestRefusedError } from "./request-refusal.ts";

export interface CrossSiteOptions {
  /** Scheme and host that people see; what `Origin` must be where it is sent. */
  readonly publicOrigin: string;
}

export const readingMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The header that every write carries; also what makes the proxy answer 401 instead of its sign-in page. */
export const requestedWith = { name: "x-requested-with", value: "XMLHttpRequest" } as const;

/**
 * Refuses what another site makes a person's browser send. The sign-in is a cookie of the proxy's, so a browser
 * attaches it whoever asks.
 *
 * - Every write carries `x-requested-with: XMLHttpRequest`, which no form can send and which makes a script of
 *   another origin ask first (and there is nobody to allow it).
 * - `Sec-Fetch-Site`, where the browser sends it, is `same-origin` (or `none`: the person's own doing); a reading
 *   may also be a navigation, so that a link in a mail opens.
 * - `Origin`, where it is sent, is ours.
 *
 * @throws RequestRefusedError `cross-site-request`
 */
const crossSite: FastifyPluginAsync<CrossSiteOptions> = async (server, { publicOrigin }) => {
  server.addHook("onRequest", async (request) => {
    const fault = crossSiteFault(request, publicOrigin);
    if (fault !== undefined) throw new RequestRefusedError("cross-site-request", fault);
  });
};

function crossSiteFault({ method, headers }: FastifyRequest, publicOrigin: string): string | undefined {
  const site = headers["sec-fetch-site"];
  const isOwnSite = site === undefined || site === "same-origin" || site === "none";
  if (readingMethods.has(method)) {
    if (isOwnSite || headers["sec-fetch-mode"] === "navigate") return undefined;
    return `A page of another site may link here but not read (Sec-Fetch-Site was '${site}').`;
  }
  if (!isOwnSite) return `Writes are taken from our own page only (Sec-Fetch-Site was '${site}').`;
  if (headers.origin !== undefined && headers.origin !== publicOrigin) {
    return `Writes are taken from ${publicOrigin} only (Origin was '${headers.origin}').`;
  }
  if (headers[requestedWith.name] !== requestedWith.value) {
    return `Every write must carry the header '${requestedWith.name}: ${requestedWith.value}'.`;
  }
  return undefined;
}

export default fastifyPlugin(crossSite, { name: "cross-site" });
