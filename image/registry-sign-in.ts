import { readText } from "./http-exchange.ts";
import { reach } from "./registry-exchange.ts";
import type { CredentialSource } from "./registry-credentials.ts";
import { describeRefusal } from "./registry-error.ts";

/** What requests to one registry carry: nothing until it asks, then what it asked for. */
export interface RegistrySignIn {
  /** The header `authorization`, or nothing. */
  readonly authorization: string | undefined;
  /**
   * Answers a registry's 401.
   *
   * @returns whether there is a new answer: the same again would be refused again
   */
  answer(challenge: string): Promise<boolean>;
  /** Makes what requests carry allow more, where the registry gives tokens that allow some things only. */
  widen(scopes: readonly string[]): Promise<void>;
}

/**
 * https://distribution.github.io/distribution/spec/auth/token/
 *
 * @param scopes what a token must allow, such as `repository:project/repository/imgstream:pull,push`
 */
export function openSignIn(
  endpoint: URL,
  credentials: CredentialSource,
  scopes: readonly string[],
): RegistrySignIn {
  let authorization: string | undefined;
  let answered = "";
  const wanted = new Set(scopes);

  const answer = async (challenge: string): Promise<boolean> => {
    const before = authorization;
    const owed = await credentials(endpoint.hostname);
    const basic =
      owed === undefined
        ? undefined
        : `Basic ${Buffer.from(`${owed.username}:${owed.password}`).toString("base64")}`;
    const service = readTokenService(challenge);
    for (const scope of service?.scopes ?? []) if (!isCovered(scope, wanted)) wanted.add(scope);
    const next =
      service === undefined
        ? /^basic\b/i.test(challenge)
          ? basic
          : undefined
        : await askToken(service, [...wanted], service.url.origin === endpoint.origin ? basic : undefined);
    answered = challenge;
    if (next === undefined || next === before) return false;
    authorization = next;
    return true;
  };

  return {
    get authorization() {
      return authorization;
    },
    answer,
    async widen(more) {
      const missing = more.filter((scope) => !isCovered(scope, wanted));
      for (const scope of missing) wanted.add(scope);
      if (missing.length === 0 || readTokenService(answered) === undefined) return;
      try {
        await answer(answered);
      } catch (error) {
        // What was allowed before must not be lost over it.
        for (const scope of missing) wanted.delete(scope);
        throw error;
      }
    },
  };
}

/** `repository:a:pull` is part of `repository:a:pull,push`. */
function isCovered(scope: string, by: ReadonlySet<string>): boolean {
  const asked = splitScope(scope);
  return [...by].map(splitScope).some(({ thing, actions }) => {
    return thing === asked.thing && asked.actions.every((action) => actions.includes(action));
  });
}

function splitScope(scope: string): { readonly thing: string; readonly actions: readonly string[] } {
  const cut = scope.lastIndexOf(":");
  return { thing: scope.slice(0, cut), actions: scope.slice(cut + 1).split(",") };
}

interface TokenService {
  readonly url: URL;
  /** What the registry says that the request needs. */
  readonly scopes: readonly string[];
}

function readTokenService(challenge: string): TokenService | undefined {
  const parameter = (name: string): string | undefined =>
    new RegExp(`\\b${name}="([^"]*)"`, "i").exec(challenge)?.[1];
  const realm = parameter("realm");
  if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  const service = parameter("service");
  if (service !== undefined) url.searchParams.set("service", service);
  return { url, scopes: parameter("scope")?.split(" ").filter(Boolean) ?? [] };
}

/** @param secret given only where the registry's own host gives the tokens: it could name any other */
async function askToken(
  { url: service }: TokenService,
  scopes: readonly string[],
  secret: string | undefined,
): Promise<string | undefined> {
  const url = new URL(service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const headers = secret === undefined ? {} : { authorization: secret };
  const reply = await reach({ method: "GET", url, headers });
  const body = await readText(reply);
  if (reply.status !== 200) throw describeRefusal("give a token", reply, body, url.host);
  const answer: unknown = JSON.parse(body);
  if (typeof answer !== "object" || answer === null) return undefined;
  const token = "token" in answer ? answer.token : "access_token" in answer ? answer.access_token : undefined;
  return typeof token === "string" ? `Bearer ${token}` : undefined;
}
