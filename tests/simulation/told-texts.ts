import type { Effect } from "../../app/catalog/person/effects.ts";
import { type WrittenEntry, referenceOf } from "./reference.ts";

/** One photo from its upload to its purge, or one opening of an upload. */
interface Subject {
  /** Names, texts and sums that were told of it. */
  readonly texts: Set<string>;
  isOver: boolean;
  /** The photo that an upload led to: it is over when that is. */
  ledTo?: Subject;
}

/** What a log must tell no more, and what it must tell still. */
export interface ToldTexts {
  /** Texts that belonged to nothing but photos that were purged and uploads that are over. */
  readonly forgotten: ReadonlySet<string>;
  /** Whether the effect at `sequence/command/effect` was about such a one. */
  readonly isForgotten: (place: string) => boolean;
}

/**
 * By what was written and by the view at its end, not by what the code under test collects: a text is to be forgotten once
 * all that it was ever told of is gone.
 */
export function toldTexts(log: readonly WrittenEntry<Effect>[], owner: string): ToldTexts {
  const photos = new Map<string, Subject>();
  const openings = new Map<string, Subject>();
  const everything = new Set<Subject>();
  const places = new Map<string, Subject>();
  const elsewhere = new Set<string>();
  const reference = referenceOf(owner);

  const tell = (subject: Subject | undefined, place: string, told: unknown): void => {
    if (subject === undefined) return;
    for (const text of textsIn(told)) subject.texts.add(text);
    everything.add(subject);
    places.set(place, subject);
  };

  const take = (effect: Effect, place: string): void => {
    switch (effect.kind) {
      case "photo-added": {
        const { id, title, description, filename, tags, takenAt, sha256, crc32c } = effect.photo;
        const { camera, lens, thumbhash, metadata } = effect.photo;
        const named = [title, description, filename, tags, takenAt, sha256, crc32c];
        const photo = { texts: new Set<string>(), isOver: false };
        tell(photo, place, [...named, camera, lens, thumbhash, metadata]);
        photos.set(id, photo);
        return;
      }
      case "photo-edited":
        tell(photos.get(effect.photoId), place, effect.changes);
        return;
      case "photo-derived":
        tell(photos.get(effect.photoId), place, [effect.thumbhash, effect.metadata]);
        return;
      case "processing-failed":
        tell(photos.get(effect.photoId), place, effect.metadata);
        return;
      case "photo-purged": {
        const photo = photos.get(effect.photoId);
        if (photo !== undefined) photo.isOver = true;
        return;
      }
      case "upload-opened": {
        const { id, filename, title, sha256 } = effect.upload;
        const before = openings.get(id);
        if (before !== undefined) before.isOver = true;
        const opening = { texts: new Set<string>(), isOver: false };
        tell(opening, place, [filename, title, sha256]);
        openings.set(id, opening);
        return;
      }
      case "upload-completed": {
        const opening = openings.get(effect.uploadId);
        const photo = photos.get(effect.photoId);
        if (opening !== undefined && photo !== undefined) opening.ledTo = photo;
        return;
      }
      default:
        for (const text of textsIn(effect)) elsewhere.add(text);
    }
  };

  for (const { entry } of log) {
    for (const [index, command] of entry.commands.entries()) {
      for (const [part, effect] of command.effects.entries()) {
        take(effect, `${entry.seq}/${index}/${part}`);
      }
      reference.layCommand(command, entry);
    }
    reference.endEntry(entry);
  }
  for (const [id, opening] of openings) {
    if (reference.view.row("uploads", id)?.["state"] !== "open") opening.isOver = true;
  }
  const isOver = ({ isOver: isItself, ledTo }: Subject): boolean => ledTo?.isOver ?? isItself;
  const textsOf = (wanted: boolean) =>
    [...everything].filter((subject) => isOver(subject) === wanted).flatMap(({ texts }) => [...texts]);
  const kept = new Set([...textsOf(false), ...elsewhere]);
  const forgotten = new Set(textsOf(true).filter((text) => !kept.has(text)));
  return {
    forgotten,
    isForgotten: (place) => {
      const subject = places.get(place);
      return subject !== undefined && isOver(subject);
    },
  };
}

/** All texts in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
