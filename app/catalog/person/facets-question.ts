import type { DuckDBValue } from "@duckdb/node-api";
import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import type { Facet, FacetQuery, Facets } from "../facets.ts";
import { limitOf } from "./page.ts";
import { photoConditions } from "./photo-conditions.ts";
import type { PersonTables } from "./tables.ts";

type Rows = readonly (readonly DuckDBValue[])[];

/** Checks the query, and only then asks. @throws InvalidFilterError, RangeError */
export function facetsOf(query: FacetQuery): (view: DuckDbView<PersonTables>) => Promise<Facets> {
  const limit = limitOf(query);
  const conditions = photoConditions(query);
  return async (view) => {
    const rows = await view.query(
      `WITH chosen AS MATERIALIZED (
         SELECT id, favorite, private, latitude, tags, camera, lens, content_type
           FROM ${view.name}.photos WHERE ${conditions.sql(view.name)}),
       counted AS (
         SELECT 'albums' AS facet, album_id AS value, count(*) AS photos
           FROM ${view.name}.albumPhotos WHERE photo_id IN (SELECT id FROM chosen) GROUP BY album_id
         UNION ALL SELECT 'tags', tag, count(*) FROM (SELECT unnest(tags) AS tag FROM chosen) GROUP BY tag
         UNION ALL SELECT 'cameras', camera, count(*) FROM chosen WHERE camera IS NOT NULL GROUP BY camera
         UNION ALL SELECT 'lenses', lens, count(*) FROM chosen WHERE lens IS NOT NULL GROUP BY lens
         UNION ALL SELECT 'contentTypes', content_type, count(*) FROM chosen GROUP BY content_type
         UNION ALL SELECT 'photos', '', count(*) FROM chosen
         UNION ALL SELECT 'favorites', '', count(*) FROM chosen WHERE favorite
         UNION ALL SELECT 'private', '', count(*) FROM chosen WHERE private
         UNION ALL SELECT 'withPlace', '', count(*) FROM chosen WHERE latitude IS NOT NULL)
       SELECT facet, value, photos::BIGINT FROM counted
       QUALIFY row_number() OVER (PARTITION BY facet ORDER BY photos DESC, value) <= ${limit + 1}
       ORDER BY facet, photos DESC, value`,
      conditions.values,
    );
    return {
      photos: countOf(rows, "photos"),
      favorites: countOf(rows, "favorites"),
      private: countOf(rows, "private"),
      withPlace: countOf(rows, "withPlace"),
      albums: facetOf(rows, "albums", limit),
      tags: facetOf(rows, "tags", limit),
      cameras: facetOf(rows, "cameras", limit),
      lenses: facetOf(rows, "lenses", limit),
      contentTypes: facetOf(rows, "contentTypes", limit),
    };
  };
}

function countOf(rows: Rows, name: keyof Facets): number {
  return Number(rows.find(([facet]) => facet === name)?.[2] ?? 0);
}

function facetOf(rows: Rows, name: keyof Facets, limit: number): Facet {
  const found = rows
    .filter(([facet]) => facet === name)
    .map(([, value, count]) => ({ value: String(value), count: Number(count) }));
  return { values: found.slice(0, limit), isComplete: found.length <= limit };
}
