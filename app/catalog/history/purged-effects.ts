import type { Effect } from "../person/effects.ts";
import type { Entry } from "../protocol/entry.ts";
import type { TellingEffects } from "./redact-log.ts";

type OpenedUpload = Extract<Effect, { kind: "upload-opened" }>["upload"];

interface Place {
  readonly sequence: number;
  readonly place: string;
}

interface OpenUpload extends Place {
  readonly expiresDate: string;
  /** It was taken out before. */
  readonly isSilent: boolean;
}

/**
 * Goes through a log from its first entry and collects what tells about photos that were purged, and about uploads that
 * are over and led to no photo. An id that was used again afterwards belongs to another one.
 */
export class PurgedEffectsFinder {
  readonly #from: number;
  /** Of photos that are there, and of uploads under way. */
  readonly #photos = new Map<string, Place[]>();
  readonly #uploads = new Map<string, OpenUpload>();
  readonly #found = new Map<number, Set<string>>();
  readonly #silent = new Set<number>();

  /** @param from what ended before this entry is left out */
  constructor(from: number) {
    this.#from = from;
  }

  take({ seq: sequence, at, commands }: Entry<Effect>): void {
    for (const [index, { effects }] of commands.entries()) {
      for (const [part, effect] of effects.entries()) {
        this.#takeOne(effect, { sequence, place: `${index}/${part}` }, at);
      }
    }
  }

  get found(): TellingEffects {
    return this.#found;
  }

  get silent(): ReadonlySet<number> {
    return this.#silent;
  }

  #takeOne(effect: Effect, place: Place, at: string): void {
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
        this.#expire(at);
        this.#uploads.set(effect.upload.id, {
          ...place,
          expiresDate: effect.upload.expiresDate,
          isSilent: isSilent(effect.upload),
        });
        return;
      case "upload-completed": {
        const opened = this.#uploads.get(effect.uploadId);
        if (opened !== undefined) this.#photos.get(effect.photoId)?.push(opened);
        this.#uploads.delete(effect.uploadId);
        return;
      }
      case "upload-closed": {
        const opened = this.#uploads.get(effect.uploadId);
        if (opened !== undefined && place.sequence >= this.#from) this.#find([opened]);
        this.#uploads.delete(effect.uploadId);
        return;
      }
      case "photo-purged":
        if (place.sequence >= this.#from) this.#find(this.#photos.get(effect.photoId) ?? []);
        this.#photos.delete(effect.photoId);
        return;
      default:
        return;
    }
  }

  /** In logs of earlier releases nothing but the next upload says that one is over. */
  #expire(at: string): void {
    for (const [id, opened] of this.#uploads) {
      if (opened.expiresDate >= at) continue;
      if (opened.isSilent) this.#silent.add(opened.sequence);
      else this.#find([opened]);
      this.#uploads.delete(id);
    }
  }

  #find(places: readonly Place[]): void {
    for (const { sequence, place } of places) {
      const there = this.#found.get(sequence) ?? new Set();
      this.#found.set(sequence, there.add(place));
    }
  }
}

function isSilent({ filename, title, sha256 }: OpenedUpload): boolean {
  return filename === "" && title === null && sha256 === "";
}
