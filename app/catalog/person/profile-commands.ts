import type { Command } from "../command.ts";
import type { DecisionContext } from "../protocol/model.ts";
import type { Effect } from "./effects.ts";
import type { PersonDecision } from "./person-state.ts";
import { recordedIdentity } from "./recorded-text.ts";
import { defaultQuotaBytes } from "./settings.ts";
import type { UserRow } from "./tables.ts";

type ProfileCommand = Extract<
  Command,
  { kind: "see-sign-in" | "change-settings" | "set-quota" | "close-account" }
>;

/** A person who keeps working signs in with every request; it is recorded at most this often. */
const signInIntervalMilliseconds = 3600 * 1000;

export function changeProfile(
  command: ProfileCommand,
  user: UserRow,
  { at }: DecisionContext,
): PersonDecision {
  return { effects: effectsOf(command, user, at), bytes: 0, subject: null };
}

function effectsOf(command: ProfileCommand, user: UserRow, at: string): readonly Effect[] {
  switch (command.kind) {
    case "see-sign-in": {
      const { email, name } = recordedIdentity(command);
      const isFirst = user.lastLogin === null;
      const isRecent =
        user.lastLogin !== null && Date.parse(at) - Date.parse(user.lastLogin) < signInIntervalMilliseconds;
      if (isRecent && user.email === email && user.name === name) return [];
      return [{ kind: "signed-in", email, name, isFirst }];
    }
    case "change-settings": {
      const changed = Object.entries(command.settings).filter(
        ([name, value]) => value !== undefined && user.settings[name] !== value,
      );
      if (changed.length === 0) return [];
      return [{ kind: "settings-changed", settings: { ...user.settings, ...Object.fromEntries(changed) } }];
    }
    case "set-quota": {
      const { bytes: given, administratorId } = command;
      const bytes = given ?? defaultQuotaBytes;
      return user.storageQuota === bytes ? [] : [{ kind: "quota-set", bytes, administratorId }];
    }
    case "close-account":
      return [{ kind: "account-closed" }];
  }
}
