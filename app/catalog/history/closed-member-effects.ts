import type { OrganisationEffect } from "../organisation/effects.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Forgotten, TellingEffects } from "./redact-log.ts";

/**
 * Goes through the organisation's log from its first entry and collects what tells name or address of members who are
 * to be forgotten, up to the entry that says so: who is entered again afterwards keeps what was told since.
 */
export class ClosedMemberEffectsFinder {
  readonly #due: Forgotten;
  /** Of members who are there: entry and `command/effect`. */
  readonly #members = new Map<string, (readonly [sequence: number, place: string])[]>();
  readonly #found = new Map<number, Set<string>>();

  /** @param due ids of members by the entries that say that they left */
  constructor(due: Forgotten) {
    this.#due = due;
  }

  take({ seq: sequence, commands }: Entry<OrganisationEffect>): void {
    for (const [index, { effects }] of commands.entries()) {
      for (const [part, effect] of effects.entries()) {
        if (effect.kind === "member-joined") this.#members.set(effect.userId, []);
        if (effect.kind === "member-joined" || effect.kind === "member-renamed")
          this.#members.get(effect.userId)?.push([sequence, `${index}/${part}`]);
        if (effect.kind === "member-closed") this.#close(effect.userId, sequence);
      }
    }
  }

  get found(): TellingEffects {
    return this.#found;
  }

  #close(userId: string, sequence: number): void {
    const places = this.#due.get(sequence)?.has(userId) === true ? this.#members.get(userId) : undefined;
    for (const [telling, place] of places ?? []) {
      this.#found.set(telling, (this.#found.get(telling) ?? new Set()).add(place));
    }
    this.#members.delete(userId);
  }
}
