import * as Type from "typebox";
import type { Static } from "typebox";
import { mapOf } from "../../map-schema.ts";
import type { Changes } from "../protocol/changes.ts";
import type { EffectContext } from "../protocol/model.ts";

/** The person signed in at the entry's time, known to the organisation by this address and name. */
export const SignedIn = Type.Object({
  kind: Type.Literal("signed-in"),
  email: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  /** The first time: the account begins with it. */
  isFirst: Type.Boolean(),
});
export type SignedIn = Static<typeof SignedIn>;

/** These are all of the person's settings from now on; what is not named has its default. */
export const SettingsChanged = Type.Object({
  kind: Type.Literal("settings-changed"),
  settings: mapOf(Type.Unknown()),
});
export type SettingsChanged = Static<typeof SettingsChanged>;

/** An administrator gave the person so much room. */
export const QuotaSet = Type.Object({
  kind: Type.Literal("quota-set"),
  bytes: Type.Integer({ minimum: 0 }),
  administratorId: Type.String(),
});
export type QuotaSet = Static<typeof QuotaSet>;

/** No effect comes after it. */
export const AccountClosed = Type.Object({ kind: Type.Literal("account-closed") });
export type AccountClosed = Static<typeof AccountClosed>;

export function meanSignedIn(
  { email, name, isFirst }: SignedIn,
  changes: Changes,
  { owner, at }: EffectContext,
): void {
  changes.patch("users", owner, { email, name, lastLogin: at, ...(isFirst && { createdDate: at }) });
}

export function meanSettingsChanged(
  { settings }: SettingsChanged,
  changes: Changes,
  { owner }: EffectContext,
): void {
  changes.patch("users", owner, { settings });
}

export function meanQuotaSet({ bytes }: QuotaSet, changes: Changes, { owner }: EffectContext): void {
  changes.patch("users", owner, { storageQuota: bytes });
}

export function meanAccountClosed(
  _effect: AccountClosed,
  changes: Changes,
  { owner, at }: EffectContext,
): void {
  changes.patch("users", owner, { closedAt: at });
}
