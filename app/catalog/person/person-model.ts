import type { Command } from "../catalog.ts";
import type { Photo } from "../photo.ts";
import { Changes } from "../protocol/changes.ts";
import type { Model } from "../protocol/model.ts";
import { decide } from "./commands.ts";
import { type Effect, mean, parseEffect } from "./effects.ts";
import { defaultQuotaBytes } from "./settings.ts";
import { type PersonTables, personTables, photoFrom } from "./tables.ts";

export interface PersonAnswer {
  /** As it is after the command. */
  readonly photo: Photo | undefined;
}

/** A person's catalog: photos and profile. */
export const personModel: Model<PersonTables, Command, Effect, PersonAnswer> = {
  tables: personTables,

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
    });
    return changes;
  },

  needs(command, owner) {
    switch (command.kind) {
      case "add-photo":
        return [
          { table: "photos", key: command.photo.id },
          { table: "users", key: owner },
        ];
      case "trash-photo":
      case "restore-photo":
        return [{ table: "photos", key: command.photoId }];
      case "see-sign-in":
        return [{ table: "users", key: owner }];
    }
  },

  decide,

  async answer({ subject }, state) {
    const row = subject === null ? undefined : await state.get("photos", subject);
    return { photo: row && photoFrom(row) };
  },

  mean,

  account(bytes, changes, { owner }) {
    changes.patch("users", owner, {}, { storageUsed: bytes });
  },

  parseEffect,
};
