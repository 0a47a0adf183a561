import type { Effect } from "../person/effects.ts";
import type { Entry } from "../protocol/entry.ts";
import type { TellingEffects } from "./redact-log.ts";

interface Place {
  readonly sequence: number;
  readonly place: string;
}

/**
 * Goes through a log from its first entry and collects what tells about photos that were purged. An id that was used
 * again afterwards belongs to another photo.
 */
export class PurgedEffectsFinder {
  readonly #from: number;
  /** Of photos that are there, and of uploads under way. */
  readonly #photos = new Map<string, Place[]>();
  readonly #uploads = new Map<string, Place[]>();
  readonly #found = new Map<number, Set<string>>();

  /** @param from purges recorded before this entry are left out */
  constructor(from: number) {
    this.#from = from;
  }

  take({ seq: sequence, commands }: Entry<Effect>): void {
    for (const [index, { effects }] of commands.entries()) {
      for (const [part, effect] of effects.entries()) {
        this.#takeOne(effect, { sequence, place: `${index}/${part}` });
      }
    }
  }

  get found(): TellingEffects {
    return this.#found;
  }

  #takeOne(effect: Effect, place: Place): void {
    switch (effect.kind) {
      case "photo-added":
        this.#photos.set(effect.photo.id, [place]);
        return;
      case "photo-edited":
      case "photo-derived":
      case "processing-failed":
        this.#photos.get(effect.photoId)?.push(place);
        return;
      case "upload-opened":
        this.#uploads.set(effect.upload.id, [place]);
        return;
      case "upload-completed":
        this.#photos.get(effect.photoId)?.push(...(this.#uploads.get(effect.uploadId) ?? []));
        this.#uploads.delete(effect.uploadId);
        return;
      case "upload-closed":
        this.#uploads.delete(effect.uploadId);
        return;
      case "photo-purged":
        if (place.sequence >= this.#from) this.#find(this.#photos.get(effect.photoId) ?? []);
        this.#photos.delete(effect.photoId);
        return;
      default:
        return;
    }
  }

  #find(places: readonly Place[]): void {
    for (const { sequence, place } of places) {
      const there = this.#found.get(sequence) ?? new Set();
      this.#found.set(sequence, there.add(place));
    }
  }
}
