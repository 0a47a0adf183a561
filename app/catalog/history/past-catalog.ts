import type { ObjectStore } from "../../storage/object-store.ts";
import type { Album } from "../album.ts";
import type { ShownShare } from "../share.ts";
import type { Profile } from "../profile.ts";
import type { Photo } from "../photo.ts";
import type { Upload } from "../upload.ts";
import { personModel } from "../person/person-model.ts";
import { defaultQuotaBytes, profileFrom } from "../person/settings.ts";
import { albumFrom, photoOfWhole, shareFrom, uploadFrom } from "../person/tables.ts";
import type { Model } from "../protocol/model.ts";
import type { Tables } from "../protocol/tables.ts";
import type { Damage } from "./damage.ts";
import { RebuiltState } from "./rebuilt-state.ts";
import { type Step, walkLog } from "./walk-log.ts";

/** After this entry, or after the last one up to this time (ISO 8601 in UTC). */
export type Moment = { readonly sequence: number } | { readonly at: string };

/** A person's catalog as it was, or why nobody can say. */
export type PastCatalog =
  | {
      /** Number and time of the last entry that is in it; 0 and null before the first. */
      readonly sequence: number;
      readonly at: string | null;
      /** In whatever state, in the trash or not, in the order of their ids. */
      readonly photos: readonly Photo[];
      /** In the order of their ids, each with its photos in their order, the ones in the trash included. */
      readonly albums: readonly (Album & { readonly photoIds: readonly string[] })[];
      /** Ended ones too, without photos. In the order of their ids. */
      readonly shares: readonly ShownShare[];
      /**
       * Open ones, and completed ones that are still remembered. Over without having become a photo is one that is open and
       * whose `expiresDate` is past: it goes when the next one is opened. In the order of their ids.
       */
      readonly uploads: readonly Upload[];
      /** Undefined while the person had never signed in. */
      readonly profile: Profile | undefined;
      /** When the person closed the account; nothing happened after it. */
      readonly closedAt: string | null;
      /** What counted against the quota. */
      readonly storageUsed: number;
      readonly storageQuota: number;
    }
  | { readonly damage: readonly Damage[] };

/** @throws the store's error when it does not answer */
export async function personAt(store: ObjectStore, owner: string, moment?: Moment): Promise<PastCatalog> {
  const state = new RebuiltState(owner, personModel);
  for await (const step of stepsUntil(store, owner, personModel, moment)) state.take(step);
  // Damage of what is left in spite of it, like a time that goes back, makes no photo wrong.
  if (!state.isWhole) return { damage: state.damage };
  const inAlbum = placed(state.rows("albumPhotos"), ({ albumId }) => albumId);
  const inShare = placed(state.rows("sharePhotos"), ({ shareId }) => shareId);
  const user = state.rows("users").find(({ id }) => id === owner);
  return {
    sequence: state.newest?.seq ?? 0,
    at: state.newest?.at ?? null,
    photos: state.rows("photos").map(photoOfWhole).toSorted(byId),
    albums: state
      .rows("albums")
      .toSorted(byId)
      .map((album) => ({ ...albumFrom(album), photoIds: inAlbum(album.id) })),
    shares: state
      .rows("shares")
      .toSorted(byId)
      .map((share) => ({ ...shareFrom(share), photoIds: inShare(share.id) })),
    uploads: state.rows("uploads").map(uploadFrom).toSorted(byId),
    profile: user && profileFrom(user),
    closedAt: user?.closedAt ?? null,
    storageUsed: user?.storageUsed ?? 0,
    storageQuota: user?.storageQuota ?? defaultQuotaBytes,
  };
}

/** Gives the photos in one of many, by their places. */
function placed<R extends { readonly photoId: string; readonly position: number }>(
  rows: readonly R[],
  whose: (row: R) => string,
): (id: string) => readonly string[] {
  const groups = Map.groupBy(
    rows.toSorted((one, other) => one.position - other.position || (one.photoId < other.photoId ? -1 : 1)),
    whose,
  );
  return (id) => groups.get(id)?.map(({ photoId }) => photoId) ?? [];
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}

/** The log's steps up to the moment, this included. */
export async function* stepsUntil<T extends Tables, C, E, A>(
  store: ObjectStore,
  owner: string,
  model: Model<T, C, E, A>,
  moment?: Moment,
): AsyncIterable<Step<E>> {
  for await (const step of walkLog(store, owner, model)) {
    if (moment !== undefined && isAfter(step, moment)) return;
    yield step;
  }
}

/** What cannot be read has no time; it is after the moment only if an entry before it is. */
function isAfter(step: Step<unknown>, moment: Moment): boolean {
  if ("sequence" in moment) return step.sequence > moment.sequence;
  return "entry" in step && Date.parse(step.entry.at) > Date.parse(moment.at);
}
