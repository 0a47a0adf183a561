import type { Profile } from "../profile.ts";
import type { UserRow } from "./tables.ts";

/** What holds until a person changes it. */
export const defaultSettings: Profile["settings"] = { privateByDefault: true };

/** One gibibyte, unless an administrator changes it. */
export const defaultQuotaBytes = 2 ** 30;

/** The person's settings as they are in force; what was never set has its default. */
export function settingsFrom(user: Pick<UserRow, "settings">): Profile["settings"] {
  const { privateByDefault } = user.settings;
  return {
    privateByDefault:
      typeof privateByDefault === "boolean" ? privateByDefault : defaultSettings.privateByDefault,
  };
}

/** Undefined while nobody has signed in. */
export function profileFrom(user: UserRow): Profile | undefined {
  const { id, email, name, avatarUrl, createdDate, lastLogin, storageQuota, storageUsed } = user;
  if (email === null || createdDate === null || lastLogin === null) return undefined;
  const settings = settingsFrom(user);
  return { id, email, name, avatarUrl, createdDate, lastLogin, settings, storageQuota, storageUsed };
}
