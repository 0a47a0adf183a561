import type { ObjectStore } from "../../storage/object-store.ts";
import { isDuration } from "./entry.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Whoever looks for the first time passes over a note that was left longer ago than this, by the clocks of both: who
 * still waits has left another since.
 */
const oldMilliseconds = 10_000;

/** Somebody who has lost slot after slot. */
export interface Waiting {
  readonly writer: string;
  /** How long a break it takes to come in, in milliseconds. */
  readonly wants: number;
}

/**
 * `catalog/{owner}/waiting.json`: who waits to be let into the log. Only a hint: it may be lost, late, replaced by
 * another's or left by who has gone, and costs a short break at most. It is never deleted; each note is honoured once,
 * by its generation, and by who has just come only if it was left lately.
 */
export class WaitingNote {
  readonly #store: ObjectStore;
  readonly #name: string;
  readonly #clock: Pick<Surroundings, "now">;
  /** The generation that lay there at the last look, null for none; undefined before the first. */
  #seen: string | null | undefined;

  constructor(store: ObjectStore, owner: string, clock: Pick<Surroundings, "now">) {
    this.#store = store;
    this.#clock = clock;
    this.#name = `catalog/${owner}/waiting.json`;
  }

  /** In place of another's, who leaves one again while it still waits. Never fails. */
  async leave({ writer, wants }: Waiting): Promise<void> {
    const note = { version: 1, writer, wants, at: this.#clock.now() };
    const bytes = Buffer.from(`${JSON.stringify(note)}\n`);
    await this.#store.put(this.#name, bytes, { contentType: "application/json" }).catch(() => undefined);
  }

  /** The note that lies there, if it was not seen before. Never fails. */
  async look(): Promise<Waiting | undefined> {
    try {
      const found = await this.#store.read(this.#name);
      const before = this.#seen;
      this.#seen = found?.object.generation ?? null;
      if (found === undefined || this.#seen === before) return undefined;
      const note = parse(found.bytes);
      if (note === undefined || (before === undefined && this.#isOld(note.at))) return undefined;
      return { writer: note.writer, wants: note.wants };
    } catch {
      return undefined;
    }
  }

  /** What does not say when it was left may be of any time. */
  #isOld(at: unknown): boolean {
    return typeof at !== "number" || Math.abs(this.#clock.now() - at) > oldMilliseconds;
  }
}

/** @throws SyntaxError */
function parse(bytes: Uint8Array): (Waiting & { readonly at: unknown }) | undefined {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (typeof value !== "object" || value === null || !("writer" in value) || !("wants" in value))
    return undefined;
  const { writer, wants } = value;
  if (typeof writer !== "string" || !isDuration(wants)) return undefined;
  return { writer, wants, at: "at" in value ? value.at : undefined };
}
