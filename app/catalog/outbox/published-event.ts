import type { Effect } from "../person/effects.ts";
import type { Entry } from "../protocol/entry.ts";

/**
 * What leaves a catalog, one for each thing that happened. A schema of its own: no place, title, name, address or share
 * id, whatever entries come to hold. Names are those of the warehouse's columns.
 */
export interface PublishedEvent {
  /** The person's opaque id. */
  readonly user_id: string;
  /** Number of the entry in that person's catalog. */
  readonly seq: number;
  /** Which of the things that the entry recorded, from 0. With `user_id` and `seq` it tells a repeated event. */
  readonly part: number;
  /** When the entry was written, ISO 8601 in UTC. */
  readonly at: string;
  /** Such as `photo-added`; more may come. */
  readonly kind: Effect["kind"];
  /** Null where it is about no photo, or about several. */
  readonly photo_id: string | null;
  /** Added to what counts against the quota; negative was freed. */
  readonly bytes: number;
  /** The decoded format of an added photo, as a media type. */
  readonly format: string | null;
}

/** In the order in which they happened. */
export function publishedEvents(
  owner: string,
  { seq, at, commands }: Entry<Effect>,
): readonly PublishedEvent[] {
  return commands
    .flatMap(({ effects, bytes }) =>
      effects.map((effect, index) => ({ effect, bytes: index === 0 ? bytes : 0 })),
    )
    .map(({ effect, bytes }, part) => ({
      user_id: owner,
      seq,
      part,
      at,
      kind: effect.kind,
      photo_id: photoOf(effect),
      bytes,
      format: effect.kind === "photo-added" ? effect.photo.contentType : null,
    }));
}

function photoOf(effect: Effect): string | null {
  if (effect.kind === "photo-added") return effect.photo.id;
  return "photoId" in effect ? effect.photoId : null;
}
