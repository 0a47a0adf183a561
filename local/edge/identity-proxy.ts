import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { readOrMakeSecret } from "../secret-file.ts";
import { identityHeaders } from "./assertion.ts";
import { RecentPeople } from "./recent-people.ts";
import {
  dropCookie,
  openSession,
  readCookie,
  sealSession,
  sessionCookieName,
  whyNoSession,
} from "./session.ts";
import { sendSignInPage } from "./sign-in-page.ts";
import { type SigningKey, openSigningKey } from "./signing-key.ts";

/** Paths that the proxy keeps for itself; Google's own names where it has one. */
export const proxyPaths = {
  prefix: "/_gcp_iap/",
  signIn: "/_gcp_iap/sign-in",
  clearCookie: "/_gcp_iap/clear_login_cookie",
  keySet: "/_gcp_iap/verify/public_key-jwk",
} as const;

/** Longest form that is read: an address and a path. */
const maximumFormBytes = 16 * 1024;

export interface IdentityProxyOptions {
  /** Keeps key pair, session key and recent people. */
  readonly folder: string;
  /** `aud` of the assertions: `/projects/NUMBER/global/backendServices/ID`. */
  readonly audience: string;
  /** @default 43200: half a day, so that a working day asks once */
  readonly sessionSeconds?: number;
  /** Is told why somebody is not let through: who is refused is not told. */
  readonly onRefusal?: (asking: Asking, why: string) => void;
}

export interface Asking {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the request, with the origin that people see. */
  readonly url: URL;
}

/**
 * The stand-in for Identity-Aware Proxy: lets nobody through unnamed and tells the app who asks by an assertion
 * that it signs. Paths and answers follow https://cloud.google.com/iap/docs/sessions-howto.
 */
export class IdentityProxy {
  readonly #options: IdentityProxyOptions;
  readonly #key: SigningKey;
  readonly #sessionKey: string;
  readonly #people: RecentPeople;

  private constructor(options: IdentityProxyOptions, key: SigningKey, sessionKey: string) {
    this.#options = options;
    this.#key = key;
    this.#sessionKey = sessionKey;
    this.#people = new RecentPeople(options.folder);
  }

  static async open(options: IdentityProxyOptions): Promise<IdentityProxy> {
    return new IdentityProxy(
      options,
      await openSigningKey(options.folder),
      await readOrMakeSecret(join(options.folder, "session-key"), makeSecret),
    );
  }

  /**
   * Who asks, as headers for the app. Undefined when the proxy has answered by itself: its own pages, and
   * everything of those who are not signed in.
   */
  async admit(asking: Asking): Promise<Readonly<Record<string, string>> | undefined> {
    const { request, response, url } = asking;
    const mode = url.searchParams.get("gcp-iap-mode");
    if (url.pathname === proxyPaths.keySet) {
      answer(response, 200, "application/json", JSON.stringify(this.#key.keySet));
      return undefined;
    }
    if (mode === "CLEAR_LOGIN_COOKIE" || url.pathname === proxyPaths.clearCookie) {
      const cleared = { "set-cookie": this.#cookie(url, "", 0) };
      redirect(response, signInAddress(mode === null ? "/" : pathWithoutMode(url)), cleared);
      return undefined;
    }
    if (url.pathname === proxyPaths.signIn) {
      await this.#signIn(asking);
      return undefined;
    }
    const email = this.#emailOf(request, url);
    if (email === undefined) {
      const sealed = readCookie(request, sessionCookieName(portOf(url)));
      this.#options.onRefusal?.(asking, whyNoSession(sealed, this.#sessionKey));
      refuse(asking);
      return undefined;
    }
    if (mode === "DO_SESSION_REFRESH") {
      // A window that was opened for signing in again has nothing more to do.
      answer(response, 200, "text/html; charset=utf-8", "<!doctype html><title>Signed in</title>Signed in.");
      return undefined;
    }
    if (url.pathname.startsWith(proxyPaths.prefix)) {
      answer(response, 404, "text/plain; charset=utf-8", "The identity proxy has no such page.\n");
      return undefined;
    }
    // The session is the proxy's own: whoever got hold of it at the app could ask as this person.
    dropCookie(request, sessionCookieName(portOf(url)));
    return identityHeaders(email, this.#options.audience, this.#key, now());
  }

  #emailOf(request: IncomingMessage, url: URL): string | undefined {
    const sealed = readCookie(request, sessionCookieName(portOf(url)));
    return sealed === undefined ? undefined : openSession(sealed, this.#sessionKey, now())?.email;
  }

  async #signIn({ request, response, url }: Asking): Promise<void> {
    const recent = await this.#people.list();
    if (request.method !== "POST") {
      const next = safeNext(url.searchParams.get("next"));
      return sendSignInPage(response, { action: proxyPaths.signIn, next, recent });
    }
    if (request.headers.origin !== undefined && request.headers.origin !== url.origin) {
      return answer(response, 403, "text/plain; charset=utf-8", "Signing in starts on this page only.\n");
    }
    const form = await readForm(request);
    if (form === undefined)
      return answer(response, 413, "text/plain; charset=utf-8", "The form is too large.\n");
    const next = safeNext(form.get("next"));
    const typed = form.get("email") ?? "";
    const email = addressOf(typed);
    if (email === undefined) {
      return sendSignInPage(response, { action: proxyPaths.signIn, next, recent, refused: typed });
    }
    await this.#people.remember(email);
    const seconds = this.#options.sessionSeconds ?? 12 * 3600;
    const sealed = sealSession({ email, expires: now() + seconds }, this.#sessionKey);
    redirect(response, next, { "set-cookie": this.#cookie(url, sealed, seconds) });
  }

  #cookie(url: URL, value: string, seconds: number): string {
    return `${sessionCookieName(portOf(url))}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
  }
}

/** The address that was typed, in small letters; a bare name gets a domain. Undefined where it is neither. */
export function addressOf(typed: string): string | undefined {
  const text = typed.trim().toLowerCase();
  const address = text.includes("@") ? text : `${text.replaceAll(/\s+/g, ".")}@example.com`;
  return address.length <= 254 && /^[^\s@"<>(),:;[\]\\]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(address)
    ? address
    : undefined;
}

function makeSecret(): string {
  return randomBytes(32).toString("hex");
}

/** A path on this host; anything that could lead elsewhere becomes `/`. */
function safeNext(next: string | null): string {
  if (next === null || !next.startsWith("/")) return "/";
  const url = new URL(next, "http://edge.invalid");
  return url.origin === "http://edge.invalid" ? `${url.pathname}${url.search}` : "/";
}

function signInAddress(next: string): string {
  return `${proxyPaths.signIn}?next=${encodeURIComponent(next)}`;
}

function pathWithoutMode(url: URL): string {
  const parameters = new URLSearchParams(url.searchParams);
  parameters.delete("gcp-iap-mode");
  return `${url.pathname}${parameters.size === 0 ? "" : `?${parameters.toString()}`}`;
}

/** IAP sends scripts 401, which they can act on, and people to the sign-in page. */
function refuse({ request, response, url }: Asking): void {
  request.resume();
  if (request.headers["x-requested-with"] === "XMLHttpRequest") {
    answer(response, 401, "text/plain; charset=utf-8", "Sign in first.\n");
    return;
  }
  redirect(response, signInAddress(`${url.pathname}${url.search}`));
}

/** Marks what the proxy itself says, as the real one does. */
const ownAnswer = { "x-goog-iap-generated-response": "true", "cache-control": "no-store" };

function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    ...ownAnswer,
    "content-type": contentType,
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

function redirect(
  response: ServerResponse,
  location: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(302, { ...ownAnswer, location, ...headers });
  response.end();
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    received += bytes.length;
    if (received > maximumFormBytes) return undefined;
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function portOf(url: URL): number {
  return url.port === "" ? 80 : Number(url.port);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
