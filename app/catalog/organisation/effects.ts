import * as Type from "typebox";
import type { Static } from "typebox";
import type { Changes } from "../protocol/changes.ts";
import { effectParser } from "../protocol/effect-parser.ts";
import type { EffectContext } from "../protocol/model.ts";
import { foldEmail } from "./tables.ts";

const text = Type.String();
const textOrNull = Type.Union([Type.String(), Type.Null()]);
const count = Type.Integer({ minimum: 0 });

const schemas = {
  "member-joined": Type.Object({
    kind: Type.Literal("member-joined"),
    userId: text,
    email: text,
    name: textOrNull,
  }),
  "member-renamed": Type.Object({
    kind: Type.Literal("member-renamed"),
    userId: text,
    email: text,
    name: textOrNull,
  }),
  /** The address belongs to somebody else now. */
  "member-lost-email": Type.Object({ kind: Type.Literal("member-lost-email"), userId: text }),
  "member-closed": Type.Object({ kind: Type.Literal("member-closed"), userId: text }),
  "quota-set": Type.Object({
    kind: Type.Literal("quota-set"),
    userId: text,
    bytes: Type.Union([count, Type.Null()]),
  }),
  "setting-set": Type.Object({ kind: Type.Literal("setting-set"), name: text, value: Type.Unknown() }),
  "flag-set": Type.Object({
    kind: Type.Literal("flag-set"),
    name: text,
    isEnabled: Type.Boolean(),
    userIds: Type.Array(text),
  }),
  "flag-removed": Type.Object({ kind: Type.Literal("flag-removed"), name: text }),
  "statistics-recorded": Type.Object({
    kind: Type.Literal("statistics-recorded"),
    day: text,
    people: count,
    photos: count,
    bytes: count,
  }),
} as const;

/** Everything that can happen to the organisation's catalog. Entries of every release stay readable. */
export type OrganisationEffect = {
  [K in keyof typeof schemas]: Static<(typeof schemas)[K]>;
}[keyof typeof schemas];

export const organisationEffectKinds: readonly string[] = Object.keys(schemas);

/** Read here and written by the next release: see Model. */
export const unwrittenOrganisationEffectKinds: readonly OrganisationEffect["kind"][] = [];

export const parseOrganisationEffect = effectParser(schemas);

export function meanOrganisationEffect(
  effect: OrganisationEffect,
  changes: Changes,
  { at }: EffectContext,
): void {
  switch (effect.kind) {
    case "member-joined": {
      const { userId, email, name } = effect;
      const foldedEmail = foldEmail(email);
      return changes.put("members", {
        userId,
        email,
        foldedEmail,
        name,
        createdDate: at,
        storageQuota: null,
      });
    }
    case "member-renamed": {
      const { userId, email, name } = effect;
      return changes.patch("members", userId, { email, foldedEmail: foldEmail(email), name });
    }
    case "member-lost-email":
      return changes.patch("members", effect.userId, { email: null, foldedEmail: null });
    case "member-closed":
      return changes.remove("members", effect.userId);
    case "quota-set":
      return changes.patch("members", effect.userId, { storageQuota: effect.bytes });
    case "setting-set":
      // Columns of JSON hold objects; a setting may be any value.
      return changes.put("settings", { name: effect.name, value: { value: effect.value } });
    case "flag-set": {
      const { name, isEnabled, userIds } = effect;
      return changes.put("flags", { name, isEnabled, userIds });
    }
    case "flag-removed":
      return changes.remove("flags", effect.name);
    case "statistics-recorded": {
      const { day, people, photos, bytes } = effect;
      return changes.put("statistics", { day, people, photos, bytes });
    }
  }
}
