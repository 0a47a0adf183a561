import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";
import type { AssertionVerifier } from "./assertion.ts";
import type { Identity } from "./identity.ts";
import type { People } from "./people.ts";

declare module "fastify" {
  interface FastifyRequest {
    /**
     * Who asks. Throws in routes that are answered without an identity. Set anew only where the account that it
     * names turns out to be closed.
     */
    identity: Identity;
  }

  interface FastifyContextConfig {
    /** Answered without an identity: health only. @default false */
    readonly answersAnyone?: boolean;
  }
}

export interface IdentityOptions {
  readonly verifier: AssertionVerifier;
  readonly people: People;
  /** E-mail addresses in lower case. */
  readonly administrators: ReadonlySet<string>;
}

/** The one header that says who asks. What `x-goog-authenticated-user-*` says is not signed and never read. */
const assertionHeader = "x-goog-iap-jwt-assertion";

/**
 * Verifies every request before anything else looks at it, unknown paths included, and names the person in
 * `request.identity`. A route is left out only by its own `config.answersAnyone`.
 *
 * @throws AssertionRefusedError, KeySetUnavailableError from the hook: answered by the error table.
 */
const identityPlugin: FastifyPluginAsync<IdentityOptions> = async (server, options) => {
  const identities = new WeakMap<FastifyRequest, Identity>();

  server.decorateRequest("identity", {
    getter(this: FastifyRequest) {
      const identity = identities.get(this);
      if (identity === undefined) throw new Error("this route is answered without an identity");
      return identity;
    },
    setter(this: FastifyRequest, identity: Identity) {
      identities.set(this, identity);
    },
  });

  server.addHook("onRequest", async (request) => {
    if (request.routeOptions.config.answersAnyone === true) return;
    const header = request.headers[assertionHeader];
    const assertion = await options.verifier.verify(typeof header === "string" ? header : undefined);
    const userId = await options.people.userIdOf(assertion.subject);
    identities.set(request, {
      subject: assertion.subject,
      userId,
      email: assertion.email,
      name: assertion.name,
      isAdministrator: options.administrators.has(assertion.email.toLowerCase()),
    });
  });
};

export default fastifyPlugin(identityPlugin, { name: "identity" });
