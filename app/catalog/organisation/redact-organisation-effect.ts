import type { OrganisationEffect } from "./effects.ts";

/**
 * The effect without name and address, and without whatever a newer release may have recorded beside them: that somebody
 * of this id was there stays. Other effects tell nothing of a person and are returned as they are.
 */
export function redactOrganisationEffect(effect: OrganisationEffect): OrganisationEffect {
  switch (effect.kind) {
    case "member-joined":
    case "member-renamed":
      return { kind: effect.kind, userId: effect.userId, email: "", name: null };
    default:
      return effect;
  }
}
