import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ProcessingDependencies } from "../photos/finish-processing.ts";
import { finishProcessing } from "../photos/finish-processing.ts";
import { readProcessingName } from "../photos/processing-queue.ts";
import { EventPrematureError } from "./errors.ts";
import { Push } from "./push.ts";
import type { PushVerifier } from "./push-verifier.ts";

export interface EventRoutesOptions extends ProcessingDependencies {
  readonly verifier: PushVerifier;
}

/** How long a photo's record may take to follow the request for its pictures. */
const recordedMilliseconds = 5000;
const lookAgainMilliseconds = 250;

/**
 * `POST /events/uploads`: an object was made in the uploads bucket. A success acknowledges the event; anything else
 * brings it again, and at last into the dead letter. Events arrive more than once and in any order.
 */
export const eventRoutes: FastifyPluginAsyncTypebox<EventRoutesOptions> = async (server, options) => {
  server.addHook("onRequest", ({ headers }) => options.verifier.verify(headers.authorization));

  server.post("/events/uploads", { schema: { body: Push } }, async (request, reply) => {
    const attributes = request.body.message.attributes ?? {};
    const { eventType, objectId = "" } = attributes;
    const wanted = eventType === "OBJECT_FINALIZE" ? readProcessingName(objectId) : undefined;
    // Uploads complete by themselves, or by the sweep; what else is made there concerns nobody.
    if (wanted === undefined) return reply.code(204).send();
    const deadline = Date.now() + recordedMilliseconds;
    for (;;) {
      const outcome = await finishProcessing(options, wanted);
      if (outcome !== "unknown") {
        request.log.info({ photo_id: wanted.photoId, outcome }, "processing done");
        return reply.code(204).send();
      }
      if (Date.now() > deadline) throw new EventPrematureError(wanted.photoId);
      await new Promise((resolve) => setTimeout(resolve, lookAgainMilliseconds));
    }
  });
};
