import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { Session, withinSession } from "../catalog/session.ts";
import { sequenceOf } from "../catalog/token.ts";
import { catalogTokenHeader } from "../http/catalog-token-header.ts";

/**
 * Lets clients read what they wrote, whichever instance answers: every reply carries how much of the person's catalog
 * it has seen, and an answer to whoever sends that along is not older.
 *
 * @throws InvalidTokenError for a token that no reply to this person can have carried
 */
const sessionPlugin: FastifyPluginAsync = async (server) => {
  const sessions = new WeakMap<FastifyRequest, Session>();

  server.addHook("onRequest", (request, _reply, done) => {
    const session = new Session();
    sessions.set(request, session);
    withinSession(session, done);
  });

  // Here it is certain who asks; reading a body may have left the session.
  server.addHook("preHandler", (request, _reply, done) => {
    const session = sessions.get(request) ?? new Session();
    const token = request.headers[catalogTokenHeader];
    const { userId } = request.identity;
    if (typeof token === "string") session.see(userId, sequenceOf(token, userId));
    withinSession(session, done);
  });

  server.addHook("onSend", async (request, reply) => {
    const token = sessions.get(request)?.tokenOf(request.identity.userId);
    if (token !== undefined) void reply.header(catalogTokenHeader, token);
  });
};

export default fastifyPlugin(sessionPlugin, { name: "session", dependencies: ["identity"] });
