import type { FastifyRequest } from "fastify";
import * as Type from "typebox";
import type { Static } from "typebox";
import { type PhotoFilter, photoFilterLimits } from "../catalog/photo-filter.ts";
import type { RequestKind } from "../http/rate-limit/request-limits.ts";

const { search, tags, text } = photoFilterLimits;
const Moment = (description: string) =>
  Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2})?$", description }));
const degrees = "-?\\d{1,3}(\\.\\d{1,12})?";

/** What lists of photos may be filtered by; photos meet all that is named. */
export const filterParameters = {
  q: Type.Optional(
    Type.String({
      maxLength: search,
      description:
        "Words that begin so in title, description, tags, camera, lens or file name, whatever case and accents.",
    }),
  ),
  favorite: Type.Optional(Type.Boolean()),
  private: Type.Optional(Type.Boolean()),
  album: Type.Optional(Type.String({ maxLength: text, description: "Id of an album that they are in." })),
  tag: Type.Optional(
    Type.Array(Type.String({ maxLength: text }), {
      maxItems: tags,
      description: "Repeated: all of them, written exactly so.",
    }),
  ),
  camera: Type.Optional(Type.String({ maxLength: text })),
  lens: Type.Optional(Type.String({ maxLength: text })),
  content_type: Type.Optional(
    Type.String({ maxLength: text, description: "Of the original, such as image/jpeg." }),
  ),
  from: Moment(
    "Taken on this day or at this moment or later, by the camera's clock; uploaded where that is not known.",
  ),
  before: Moment("Taken before this day or moment."),
  area: Type.Optional(
    Type.String({
      pattern: `^${degrees}(,${degrees}){3}$`,
      description: "south,west,north,east in degrees; west may lie east of east, across the 180th meridian.",
    }),
  ),
  has_place: Type.Optional(Type.Boolean({ description: "Whether it is known where they were taken." })),
};

const Filter = Type.Object(filterParameters);

/** By words every record is looked at. */
export function countFiltered({ query }: FastifyRequest): RequestKind {
  return typeof query === "object" && query !== null && "q" in query ? "searches" : "reads";
}

/** What of a query is the filter. */
export function readFilter(query: Static<typeof Filter>): PhotoFilter {
  const { q, tag, content_type: contentType, has_place: hasPlace, area, ...same } = query;
  const { favorite, private: isPrivate, album, camera, lens, from, before } = same;
  return {
    ...(q !== undefined && { search: q }),
    ...(tag !== undefined && { tags: tag }),
    ...(contentType !== undefined && { contentType }),
    ...(hasPlace !== undefined && { hasPlace }),
    ...(area !== undefined && { area: readArea(area) }),
    ...(favorite !== undefined && { favorite }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(album !== undefined && { album }),
    ...(camera !== undefined && { camera }),
    ...(lens !== undefined && { lens }),
    ...(from !== undefined && { from }),
    ...(before !== undefined && { before }),
  };
}

function readArea(area: string): NonNullable<PhotoFilter["area"]> {
  const [south = Number.NaN, west = Number.NaN, north = Number.NaN, east = Number.NaN] = area
    .split(",")
    .map(Number);
  return { south, west, north, east };
}
