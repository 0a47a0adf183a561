import type { FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { AccountClosedError } from "../catalog/person/errors.ts";
import type { People } from "../identity/people.ts";
import type { Accounts } from "./accounts.ts";
import type { SignIns } from "./sign-ins.ts";

export interface SignInOptions {
  readonly signIns: SignIns;
  readonly accounts: Pick<Accounts, "beginAnew">;
  readonly people: Pick<People, "forget">;
}

/**
 * Sees who asks before the routes beside it do, so that they have a profile. Whoever still carries the id of a
 * closed account goes on as someone new.
 */
const signInPlugin: FastifyPluginAsync<SignInOptions> = async (server, { signIns, accounts, people }) => {
  server.addHook("onRequest", async (request) => {
    try {
      await signIns.see(request.identity);
    } catch (error) {
      if (!(error instanceof AccountClosedError)) throw error;
      signIns.forget(error.userId);
      request.identity = await accounts.beginAnew(request.identity);
      await signIns.see(request.identity, { isAnew: true });
    }
  });

  // Closed elsewhere a moment ago: this request fails, the next one asks the store who the person is.
  server.addHook("onError", async ({ identity }, _reply, error) => {
    if (!(error instanceof AccountClosedError) || error.userId !== identity.userId) return;
    signIns.forget(identity.userId);
    people.forget(identity.subject);
  });
};

export default fastifyPlugin(signInPlugin, { name: "sign-in", dependencies: ["identity"] });
