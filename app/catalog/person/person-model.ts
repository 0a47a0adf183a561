import type { Command } from "../catalog.ts";
import type { Photo } from "../photo.ts";
import type { Upload } from "../upload.ts";
import { Changes } from "../protocol/changes.ts";
import type { Model } from "../protocol/model.ts";
import { decide } from "./commands.ts";
import { type Effect, mean, parseEffect } from "./effects.ts";
import { defaultQuotaBytes } from "./settings.ts";
import { type PersonTables, personTables, photoFrom, uploadFrom } from "./tables.ts";

export interface PersonAnswer {
  /** As it is after the command. */
  readonly photo: Photo | undefined;
  readonly upload: Upload | undefined;
}

/** A person's catalog: photos, uploads and profile. */
export const personModel: Model<PersonTables, Command, Effect, PersonAnswer> = {
  tables: personTables,
  viewVersion: 1,

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
      case "trash-photo":
      case "restore-photo":
      case "record-derivatives":
      case "fail-processing":
      case "purge-photo":
      case "finish-purge":
      case "edit-photo":
      case "favorite-photo":
        return [user, { table: "photos", value: command.photoId }];
      case "open-upload":
        return [
          user,
          { table: "uploads", value: command.upload.id },
          { table: "uploads", column: "state", value: "open" },
          { table: "photos", column: "sha256", value: command.upload.sha256 },
        ];
      case "close-upload":
        return [user, { table: "uploads", value: command.uploadId }];
      case "see-sign-in":
      case "change-settings":
      case "set-quota":
      case "close-account":
        return [user];
    }
  },

  decide,

  async answer({ subject }, state) {
    if (subject === null) return { photo: undefined, upload: undefined };
    const [photo, upload] = [await state.get("photos", subject), await state.get("uploads", subject)];
    return { photo: photo && photoFrom(photo), upload: upload && uploadFrom(upload) };
  },

  mean,

  account(bytes, changes, { owner }) {
    changes.patch("users", owner, {}, { storageUsed: bytes });
  },

  parseEffect,
};
