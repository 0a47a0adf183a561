import type { Flag, Member } from "../organisation-catalog.ts";
import { type RowOf, column, keysTable, nullable, type Tables } from "../protocol/tables.ts";

/** What the organisation's view holds. */
export const organisationTables = {
  members: {
    key: "userId",
    columns: {
      userId: column("text"),
      email: nullable("text"),
      /** What addresses are compared by. */
      foldedEmail: nullable("text"),
      name: nullable("text"),
      createdDate: column("time"),
      storageQuota: nullable("bigint"),
    },
  },
  settings: {
    key: "name",
    columns: { name: column("text"), value: column("json") },
  },
  flags: {
    key: "name",
    columns: { name: column("text"), isEnabled: column("boolean"), userIds: column("texts") },
  },
  statistics: {
    key: "day",
    columns: {
      day: column("text"),
      people: column("bigint"),
      photos: column("bigint"),
      bytes: column("bigint"),
    },
  },
  keys: keysTable,
} as const satisfies Tables;

export type OrganisationTables = typeof organisationTables;
export type MemberRow = RowOf<OrganisationTables["members"]>;

/** Addresses differ by more than their case in theory only: RFC 5321, section 2.4. */
export function foldEmail(email: string): string {
  return email.normalize("NFC").toLowerCase();
}

export function memberFrom({ userId, email, name, createdDate, storageQuota }: MemberRow): Member {
  return { userId, email, name, createdDate, storageQuota };
}

export function flagFrom({ name, isEnabled, userIds }: RowOf<OrganisationTables["flags"]>): Flag {
  return { name, isEnabled, userIds };
}
