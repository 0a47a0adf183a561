import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ObjectStore } from "../storage/object-store.ts";
import { readCatalogEvent } from "./catalog-event.ts";
import { publishPerson } from "./publish-person.ts";
import { Push } from "./push.ts";
import type { PushVerifier } from "./push-verifier.ts";
import type { Topic } from "./topic.ts";

export interface CatalogEventRoutesOptions {
  readonly verifier: PushVerifier;
  readonly records: ObjectStore;
  readonly published: Topic;
}

/**
 * `POST /events/catalog`: a person's catalog has new entries. What happened is published; a success acknowledges that.
 * Events that come twice, late or in another order do no harm: what is to be published is read from the log.
 */
export const catalogEventRoutes: FastifyPluginAsyncTypebox<CatalogEventRoutesOptions> = async (
  server,
  { verifier, records, published },
) => {
  server.addHook("onRequest", ({ headers }) => verifier.verify(headers.authorization));

  server.post("/events/catalog", { schema: { body: Push } }, async (request, reply) => {
    const userId = readCatalogEvent(request.body.message.attributes ?? {});
    // Not one of ours: sent again it would say the same.
    if (userId === undefined) return reply.code(204).send();
    const events = await publishPerson({ records, published, isHasty: true }, userId);
    request.log.info({ user_id: userId, events }, "catalog published");
    return reply.code(204).send();
  });
};
