import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import type { Catalog } from "../catalog/catalog.ts";

const UndoneSchema = Type.Object(
  { sequence: Type.Integer({ description: "Number of the entry that took the other one back." }) },
  { title: "Undone" },
);

/** `POST /v1/users/me/activity/{sequence}/undo`: what one entry did is taken back. */
export const undoRoutes: FastifyPluginAsyncTypebox<{ readonly catalog: Pick<Catalog, "undo"> }> = async (
  server,
  { catalog },
) => {
  server.post(
    "/v1/users/me/activity/:sequence/undo",
    {
      schema: {
        operationId: "undoActivity",
        summary: "Make what happened at once what it was before",
        description:
          "Everything that has this sequence number, or nothing of it: 409 where later changes stand in the way, or " +
          "where there is nothing to take back. An added photo goes into the trash; shares that ended stay ended. An " +
          "undo can be undone itself.",
        tags: ["users"],
        params: Type.Object({ sequence: Type.Integer({ minimum: 1, maximum: 999_999_999_999 }) }),
        headers: Type.Object(idempotencyKeyHeader),
        response: { 200: UndoneSchema },
      },
    },
    async ({ identity, params, headers }) => {
      const idempotencyKey = headers["idempotency-key"] ?? randomUUID();
      const { sequence } = await catalog.undo(identity.userId, params.sequence, { idempotencyKey });
      return { sequence };
    },
  );
};
