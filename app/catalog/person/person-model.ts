import type { Command } from "../command.ts";
import type { Album } from "../album.ts";
import type { Photo } from "../photo.ts";
import type { Share } from "../share.ts";
import type { Upload } from "../upload.ts";
import { organisationOwner } from "../history/stored-logs.ts";
import { Changes } from "../protocol/changes.ts";
import type { Model } from "../protocol/model.ts";
import { albumNeeds } from "./album-commands.ts";
import { decide } from "./commands.ts";
import { type Effect, effectKinds, mean, parseEffect, unwrittenEffectKinds } from "./effects.ts";
import { defaultQuotaBytes } from "./settings.ts";
import { shareNeeds } from "./share-commands.ts";
import { undoNeeds } from "./undo-command.ts";
import { type PersonTables, albumFrom, personTables, photoOfWhole, shareFrom, uploadFrom } from "./tables.ts";

export interface PersonAnswer {
  /** As it is after the command. */
  readonly photo: Photo | undefined;
  readonly upload: Upload | undefined;
  readonly album: Album | undefined;
  readonly share: Share | undefined;
}

/** A person's catalog: photos, albums, shares, uploads and profile. */
export const personModel: Model<PersonTables, Command, Effect, PersonAnswer> = {
  tables: personTables,
  viewVersion: 3,
  /** Of version 1. */
  retiredFormats: ["a6612eb9eb15"],

  isOwner: (name) => name !== organisationOwner && /^(?!\.{1,2}$)[^/]{1,100}$/.test(name),

  initial(owner) {
    const changes = new Changes(personTables);
    changes.put("users", {
      id: owner,
      email: null,
      name: null,
      avatarUrl: null,
      createdDate: null,
      lastLogin: null,
      settings: {},
      storageQuota: defaultQuotaBytes,
      storageUsed: 0,
      closedAt: null,
    });
    return changes;
  },

  needs(command, owner) {
    const user = { table: "users", value: owner } as const;
    switch (command.kind) {
      case "add-photo":
        return [
          user,
          { table: "photos", value: command.photo.id },
          { table: "photos", column: "sha256", value: command.photo.sha256 },
          { table: "uploads", column: "state", value: "open" },
          ...(command.uploadId === undefined ? [] : [{ table: "uploads", value: command.uploadId } as const]),
        ];
      case "restore-photo":
      case "record-derivatives":
      case "fail-processing":
      case "favorite-photo":
      case "tag-photo":
        return [user, { table: "photos", value: command.photoId }];
      case "finish-purge":
        return [
          user,
          { table: "photos", value: command.photoId },
          { table: "uploads", column: "photoId", value: command.photoId },
          { table: "uploads", column: "state", value: "open" },
        ];
      case "trash-photo":
      case "edit-photo":
        return [
          user,
          { table: "photos", value: command.photoId },
          { table: "sharePhotos", column: "photoId", value: command.photoId },
        ];
      case "purge-photo":
        return [
          user,
          { table: "photos", value: command.photoId },
          { table: "albumPhotos", column: "photoId", value: command.photoId },
        ];
      case "create-album":
      case "edit-album":
      case "add-to-album":
      case "remove-from-album":
      case "move-in-album":
      case "delete-album":
        return [user, ...albumNeeds(command, owner)];
      case "create-share":
      case "end-share":
        return [user, ...shareNeeds(command)];
      case "open-upload":
        return [
          user,
          { table: "uploads", value: command.upload.id },
          { table: "uploads", column: "state", value: "open" },
          { table: "photos", column: "sha256", value: command.upload.sha256 },
        ];
      case "close-upload":
        return [
          user,
          { table: "uploads", value: command.uploadId },
          ...(command.photoId === undefined ? [] : [{ table: "photos", value: command.photoId } as const]),
        ];
      case "see-sign-in":
      case "change-settings":
      case "set-quota":
      case "close-account":
        return [user];
      case "undo-entry":
        return [user, ...undoNeeds(command)];
    }
  },

  // The rows are read from the log, where they may be redacted since, by a release that may know other columns.
  requestOf: (command) =>
    command.kind === "undo-entry" ? { kind: command.kind, sequence: command.sequence } : command,

  decide,

  async answer({ subject }, state) {
    const photo = subject === null ? undefined : await state.get("photos", subject);
    // Ids are of one table only: what was found is not looked for in the others.
    const isElsewhere = subject !== null && photo === undefined;
    const upload = isElsewhere ? await state.get("uploads", subject) : undefined;
    const album = isElsewhere && upload === undefined ? await state.get("albums", subject) : undefined;
    const isShare = isElsewhere && upload === undefined && album === undefined;
    const share = isShare ? await state.get("shares", subject) : undefined;
    return {
      photo: photo && photoOfWhole(photo),
      upload: upload && uploadFrom(upload),
      album: album && albumFrom(album),
      share: share && shareFrom(share),
    };
  },

  mean,

  account(bytes, changes, { owner }) {
    changes.patch("users", owner, {}, { storageUsed: bytes });
  },

  effectKinds,
  unwrittenKinds: unwrittenEffectKinds,
  parseEffect,
};
