/** Whatever is not the page is data: were it opened as a document, it could do nothing. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * What the page may do: code and styles from the hashed files beside it, pictures from the same host (`blob:` for
 * what is about to be uploaded, `data:` for placeholders made from a thumbhash), requests to the same host.
 *
 * @param stores origins of stores that take uploads from the page itself
 */
export const pagePolicy = (stores: readonly string[]) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    ["connect-src 'self'", ...stores].join(" "),
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

/** Whatever is not the page is one person's data: no cache between may keep it. */
export const dataHeaders = {
  "content-security-policy": dataPolicy,
  "cache-control": "private, no-store",
} as const;

/**
 * What every reply carries, problems included; a route sets its own `content-security-policy` or `cache-control`.
 *
 * @param publicOrigin HTTPS is demanded for a year from now on where this is an `https:` origin
 */
export function securityHeaders(publicOrigin: string): Readonly<Record<string, string>> {
  return Object.freeze({
    ...everywhere,
    ...dataHeaders,
    ...(publicOrigin.startsWith("https:") && { "strict-transport-security": "max-age=31536000" }),
  });
}
