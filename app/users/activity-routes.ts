import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { nextCursor, pageOf, pageParameters } from "../http/page-parameters.ts";
import type { Activity } from "../catalog/activity.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { nullableText } from "../http/nullable-text.ts";

/** One thing that happened. */
export const ActivitySchema = Type.Object({
  sequence: Type.Integer({
    description: "Number of the entry that recorded it; what happened at once has the same.",
  }),
  at: Type.String({ format: "date-time" }),
  kind: Type.String({ description: "Such as photo-added; more kinds may come." }),
  photo_id: nullableText,
  album_id: nullableText,
  share_id: nullableText,
  upload_id: nullableText,
  photo_count: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description: "Of how many photos it was, where that is a number of them.",
  }),
});

const ActivityPageSchema = Type.Object(
  {
    activities: Type.Array(ActivitySchema),
    next_cursor: nextCursor,
  },
  { title: "ActivityPage" },
);

/** `/v1/users/me/activity`: what happened to the person's catalog. */
export const activityRoutes: FastifyPluginAsyncTypebox<{
  readonly catalog: Pick<Catalog, "activity">;
}> = async (server, { catalog }) => {
  server.get(
    "/v1/users/me/activity",
    {
      schema: {
        operationId: "listMyActivity",
        summary: "What happened to one's photos, albums, shares and account, the latest first",
        tags: ["users"],
        querystring: Type.Object(pageParameters),
        response: { 200: ActivityPageSchema },
      },
    },
    async ({ identity, query }) => {
      const page = await catalog.activity(identity.userId, pageOf(query));
      return { activities: page.activities.map(toActivityReply), next_cursor: page.nextCursor ?? null };
    },
  );
};

export function toActivityReply({ sequence, at, kind, ...about }: Activity) {
  return {
    sequence,
    at,
    kind,
    photo_id: about.photoId,
    album_id: about.albumId,
    share_id: about.shareId,
    upload_id: about.uploadId,
    photo_count: about.photoCount,
  };
}
