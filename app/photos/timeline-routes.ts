import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import type { Catalog } from "../catalog/catalog.ts";
import { pageParameters } from "../http/page-parameters.ts";
import { countFiltered, filterParameters, readFilter } from "./photo-query.ts";
import { PhotoColumnsSchema, TimelineSchema, toColumnsReply } from "./timeline-reply.ts";

const { from: _, before: __, ...monthParameters } = filterParameters;
const { cursor } = pageParameters;

/** `/v1/timeline…`: when the person's photos were taken, and what a grid of one month needs. */
export const timelineRoutes: FastifyPluginAsyncTypebox<{
  readonly catalog: Pick<Catalog, "timeline" | "photoColumns">;
}> = async (server, { catalog }) => {
  server.get(
    "/v1/timeline",
    {
      config: { countedAs: countFiltered },
      schema: {
        operationId: "getTimeline",
        summary: "Months or days in which photos were taken, the latest first, with how many",
        tags: ["photos"],
        querystring: Type.Object({
          by: Type.Enum(["month", "day"], { default: "month" }),
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 1000 }),
          cursor,
          ...filterParameters,
        }),
        response: { 200: TimelineSchema },
      },
    },
    async ({ identity, query: { by, limit, cursor: start, ...filter } }) => {
      const { periods, nextCursor } = await catalog.timeline(identity.userId, {
        by,
        limit,
        ...(start !== undefined && { cursor: start }),
        ...readFilter(filter),
      });
      return { periods: periods.map((period) => ({ ...period })), next_cursor: nextCursor ?? null };
    },
  );

  server.get(
    "/v1/timeline/:month",
    {
      config: { countedAs: countFiltered },
      schema: {
        operationId: "getMonth",
        summary: "What a grid of one month's photos needs, as one array a column, newest first",
        tags: ["photos"],
        params: Type.Object({
          month: Type.String({ pattern: "^\\d{4}-(0[1-9]|1[0-2])$", description: "Such as 2015-09." }),
        }),
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 5000, default: 1000 }),
          cursor,
          ...monthParameters,
        }),
        response: { 200: PhotoColumnsSchema },
      },
    },
    async ({ identity, params: { month }, query: { limit, cursor: start, ...filter } }) =>
      toColumnsReply(
        await catalog.photoColumns(identity.userId, {
          limit,
          ...(start !== undefined && { cursor: start }),
          ...readFilter(filter),
          ...monthOf(month),
        }),
      ),
  );
};

/** Both ends of a month; the last one that a year of four digits has, has no end. */
function monthOf(month: string): { readonly from: string; readonly before?: string } {
  const from = `${month}-01`;
  const next = new Date(`${from}T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const before = next.toISOString().slice(0, 10);
  return /^\d{4}-/.test(before) ? { from, before } : { from };
}
