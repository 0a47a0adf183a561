import type { OrganisationCommand } from "../organisation-catalog.ts";
import { recordedIdentity } from "../person/recorded-text.ts";
import { type Decision, RefusalError, type State } from "../protocol/model.ts";
import type { OrganisationEffect } from "./effects.ts";
import { foldEmail, type OrganisationTables } from "./tables.ts";

/** Nobody of that id has signed in, or the account is closed. */
export class UnknownMemberError extends RefusalError {
  readonly code = "unknown-member";
  readonly userId: string;

  constructor(userId: string) {
    super(`nobody of the id '${userId}' is in the directory`);
    this.userId = userId;
  }
}

export async function decideForOrganisation(
  command: OrganisationCommand,
  state: State<OrganisationTables>,
): Promise<Decision<OrganisationEffect>> {
  return { effects: await effectsOf(command, state), bytes: 0, subject: null };
}

async function effectsOf(
  command: OrganisationCommand,
  state: State<OrganisationTables>,
): Promise<readonly OrganisationEffect[]> {
  switch (command.kind) {
    case "see-member":
      return await seeMember(recordedIdentity(command), state);
    case "close-member": {
      const member = await state.get("members", command.userId);
      return member === undefined ? [] : [{ kind: "member-closed", userId: command.userId }];
    }
    case "set-quota": {
      const { userId, bytes } = command;
      const member = await state.get("members", userId);
      if (member === undefined) throw new UnknownMemberError(userId);
      return member.storageQuota === bytes ? [] : [{ kind: "quota-set", userId, bytes }];
    }
    case "set-setting":
      return [{ kind: "setting-set", name: command.name, value: command.value }];
    case "set-flag":
      return [{ kind: "flag-set", ...command.flag, userIds: [...new Set(command.flag.userIds)].toSorted() }];
    case "remove-flag": {
      const flag = await state.get("flags", command.name);
      return flag === undefined ? [] : [{ kind: "flag-removed", name: command.name }];
    }
    case "record-statistics":
      return [{ kind: "statistics-recorded", ...command.statistics }];
  }
}

async function seeMember(
  { userId, email, name }: Extract<OrganisationCommand, { kind: "see-member" }>,
  state: State<OrganisationTables>,
): Promise<readonly OrganisationEffect[]> {
  const member = await state.get("members", userId);
  if (member?.email === email && member.name === name) return [];
  const holders = await state.find("members", "foldedEmail", foldEmail(email));
  const losing = holders
    .filter((holder) => holder.userId !== userId)
    .map((holder) => ({ kind: "member-lost-email", userId: holder.userId }) as const);
  const kind = member === undefined ? "member-joined" : "member-renamed";
  return [...losing, { kind, userId, email, name }];
}
