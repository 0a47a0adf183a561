import { type Static, Type } from "typebox";
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

export function meanSignedIn(
  { email, name, isFirst }: SignedIn,
  changes: Changes,
  { owner, at }: EffectContext,
): void {
  changes.patch("users", owner, { email, name, lastLogin: at, ...(isFirst && { createdDate: at }) });
}
