import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import type { Catalog } from "../catalog/catalog.ts";
import type { Facet } from "../catalog/facets.ts";
import { filterParameters, readFilter } from "./photo-query.ts";

const FacetSchema = Type.Object({
  values: Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() }), {
    description: "The most frequent first.",
  }),
  is_complete: Type.Boolean({ description: "False where there are more than were asked for." }),
});

const FacetsSchema = Type.Object(
  {
    photos: Type.Integer(),
    favorites: Type.Integer(),
    private: Type.Integer(),
    with_place: Type.Integer(),
    albums: FacetSchema,
    tags: FacetSchema,
    cameras: FacetSchema,
    lenses: FacetSchema,
    content_types: FacetSchema,
  },
  { title: "Facets" },
);

/** `/v1/facets`: what the person's photos have in common, to narrow a list by. */
export const facetRoutes: FastifyPluginAsyncTypebox<{ readonly catalog: Pick<Catalog, "facets"> }> = async (
  server,
  { catalog },
) => {
  server.get(
    "/v1/facets",
    {
      config: { countedAs: "searches" },
      schema: {
        operationId: "getFacets",
        summary: "How many photos there are with each album, tag, camera, lens and kind",
        description:
          "Counts the photos that a list with the same parameters has; values are those parameters'.",
        tags: ["photos"],
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: "Values of each." }),
          ...filterParameters,
        }),
        response: { 200: FacetsSchema },
      },
    },
    async ({ identity, query: { limit, ...filter } }) => {
      const facets = await catalog.facets(identity.userId, { limit, ...readFilter(filter) });
      return {
        photos: facets.photos,
        favorites: facets.favorites,
        private: facets.private,
        with_place: facets.withPlace,
        albums: toFacetReply(facets.albums),
        tags: toFacetReply(facets.tags),
        cameras: toFacetReply(facets.cameras),
        lenses: toFacetReply(facets.lenses),
        content_types: toFacetReply(facets.contentTypes),
      };
    },
  );
};

function toFacetReply({ values, isComplete }: Facet) {
  return { values: values.map((value) => ({ ...value })), is_complete: isComplete };
}
