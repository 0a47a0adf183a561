import type { FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";

export interface SecurityHeadersOptions {
  /** HTTPS is demanded for a year from now on where this is an `https:` origin. */
  readonly publicOrigin: string;
}

/** Whatever is not the page is data: were it opened as a document, it could do nothing. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * What the page may do: code and styles from the hashed files beside it, pictures from the same host (`blob:` for
 * what is about to be uploaded, `data:` for placeholders made from a thumbhash), requests to the same host.
 */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const everywhere = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  // The page opens the proxy's sign-in in a window of its own and must still see when it closes.
  "cross-origin-opener-policy": "same-origin-allow-popups",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
} as const;

/** Sets what every reply carries; a route's own `content-security-policy` or `cache-control` stays. */
const securityHeaders: FastifyPluginAsync<SecurityHeadersOptions> = async (server, { publicOrigin }) => {
  const headers: Record<string, string> = {
    ...everywhere,
    ...(publicOrigin.startsWith("https:") && { "strict-transport-security": "max-age=31536000" }),
  };
  server.addHook("onRequest", async (_request, reply) => {
    void reply.headers(headers);
  });
  server.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("content-security-policy")) void reply.header("content-security-policy", dataPolicy);
    // Replies are one person's: no cache between may keep them.
    if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "private, no-store");
  });
};

export default fastifyPlugin(securityHeaders, { name: "security-headers", fastify: "5.x" });
