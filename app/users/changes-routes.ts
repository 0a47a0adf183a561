import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import type { Catalog } from "../catalog/catalog.ts";
import { catalogTokenHeader } from "../http/catalog-token-header.ts";
import { pageParameters } from "../http/page-parameters.ts";
import { ActivitySchema, toActivityReply } from "./activity-routes.ts";

const ChangesSchema = Type.Object(
  {
    changes: Type.Array(ActivitySchema, { description: "The oldest first, by whole entries." }),
    token: Type.String({ description: "For the next `?after=`." }),
    is_complete: Type.Boolean({ description: "False where there is more: ask again with the token." }),
  },
  { title: "Changes" },
);

/** `/v1/changes`: what whoever has read a person's catalog once must look at again. */
export const changesRoutes: FastifyPluginAsyncTypebox<{
  readonly catalog: Pick<Catalog, "changes">;
}> = async (server, { catalog }) => {
  server.get(
    "/v1/changes",
    {
      schema: {
        operationId: "listChanges",
        summary: "What happened to one's photos, albums, shares and account since; ids and kinds",
        description: "410 `changes-too-old` where it is less to read everything anew.",
        tags: ["users"],
        querystring: Type.Object({
          after: Type.String({
            minLength: 1,
            maxLength: 200,
            description: `The \`${catalogTokenHeader}\` of a reply, or the token of the page before.`,
          }),
          limit: pageParameters.limit,
        }),
        response: { 200: ChangesSchema },
      },
    },
    async ({ identity, query }) => {
      const { changes, token, isComplete } = await catalog.changes(identity.userId, query);
      return { changes: changes.map(toActivityReply), token, is_complete: isComplete };
    },
  );
};
