import { Type } from "typebox";
import type { Static } from "typebox";
import type { Profile } from "../catalog/catalog.ts";
import type { Identity } from "../identity/identity.ts";

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
