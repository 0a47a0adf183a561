import * as Type from "typebox";
import type { Static } from "typebox";
import { nextCursor } from "../http/page-parameters.ts";
import type { Profile } from "../catalog/profile.ts";
import type { Member } from "../catalog/organisation-catalog.ts";
import type { Usage } from "../catalog/usage.ts";
import type { Identity } from "../identity/identity.ts";
import { nullableText } from "../http/nullable-text.ts";

/** A person as they see themselves. */
export const MeSchema = Type.Object(
  {
    id: Type.String({ description: "Random and permanent; unlike the e-mail address it never changes." }),
    email: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    avatar_url: Type.Union([Type.String(), Type.Null()]),
    created_date: Type.String({ format: "date-time" }),
    last_login: Type.String({
      format: "date-time",
      description: "Counted once a day (UTC), not at every request.",
    }),
    settings: Type.Object({ private_by_default: Type.Boolean() }),
    storage_quota: Type.Integer({ minimum: 0, description: "Bytes." }),
    storage_used: Type.Integer({ minimum: 0, description: "Bytes." }),
    is_administrator: Type.Boolean(),
  },
  { title: "Me" },
);

export type Me = Static<typeof MeSchema>;

export function describeMe(profile: Profile, { isAdministrator }: Pick<Identity, "isAdministrator">): Me {
  return {
    id: profile.id,
    email: profile.email,
    name: profile.name,
    avatar_url: profile.avatarUrl,
    created_date: profile.createdDate,
    last_login: profile.lastLogin,
    settings: { private_by_default: profile.settings.privateByDefault },
    storage_quota: profile.storageQuota,
    storage_used: profile.storageUsed,
    is_administrator: isAdministrator,
  };
}

/** What a person changes of themselves. */
export const MyChangesSchema = Type.Object(
  {
    settings: Type.Optional(
      Type.Object(
        {
          private_by_default: Type.Optional(
            Type.Boolean({
              description: "Of photos that are added from now on; what is there stays as it is.",
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, description: "What is left out stays as it is." },
);

const AmountSchema = Type.Object({ count: Type.Integer(), bytes: Type.Integer() });

export const UsageSchema = Type.Object(
  {
    storage_quota: Type.Integer({ description: "Bytes." }),
    storage_used: Type.Integer({
      description: "Bytes of photos, the trash and what is being deleted for good.",
    }),
    storage_reserved: Type.Integer({ description: "Bytes of uploads under way." }),
    photos: AmountSchema,
    trash: AmountSchema,
    purging: AmountSchema,
    uploads: AmountSchema,
  },
  { title: "Usage" },
);

export function describeUsage(usage: Usage): Static<typeof UsageSchema> {
  return {
    storage_quota: usage.quotaBytes,
    storage_used: usage.usedBytes,
    storage_reserved: usage.reservedBytes,
    photos: { ...usage.photos },
    trash: { ...usage.trash },
    purging: { ...usage.purging },
    uploads: { ...usage.uploads },
  };
}

export const ClosedAccountSchema = Type.Object(
  {
    id: Type.String({ description: "Of the closed account; nothing answers to it any more." }),
    remains: Type.Object(
      {
        photos: Type.Integer({ description: "The trash included." }),
        bytes: Type.Integer({ description: "Of their originals." }),
        deletion_date: Type.String({
          format: "date-time",
          description: "The next upkeep after it deletes all of it from the store.",
        }),
        last_copies_date: Type.String({
          format: "date",
          description:
            "The last day, in UTC, on which the store's older versions, soft deletion and backups may still hold what " +
            "was deleted then. Nobody but whoever runs this installation can reach those.",
        }),
      },
      {
        description:
          "What nobody can read any more and still lies in the store: when it is deleted, and when the " +
          "last copy is gone.",
      },
    ),
  },
  { title: "ClosedAccount" },
);

/** A person as colleagues find them. */
const ColleagueSchema = Type.Object({
  id: Type.String(),
  email: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "Null once the same address has signed in as somebody else.",
  }),
  name: nullableText,
});

export const DirectorySchema = Type.Object(
  {
    users: Type.Array(ColleagueSchema),
    next_cursor: nextCursor,
  },
  { title: "Directory" },
);

/** A person as administrators see them. */
export const MemberSchema = Type.Object(
  {
    id: Type.String(),
    email: nullableText,
    name: nullableText,
    created_date: Type.String({ format: "date-time" }),
    storage_quota: Type.Integer({ description: "Bytes, in force." }),
    storage_used: Type.Integer({ description: "Bytes." }),
  },
  { title: "Member" },
);

export function describeMember(member: Member, usage: Usage): Static<typeof MemberSchema> {
  return {
    id: member.userId,
    email: member.email,
    name: member.name,
    created_date: member.createdDate,
    storage_quota: usage.quotaBytes,
    storage_used: usage.usedBytes,
  };
}
