import type { ObjectStore } from "../../storage/object-store.ts";

/** Somebody who has lost slot after slot. */
export interface Waiting {
  readonly writer: string;
  /** How long a break it takes to come in, in milliseconds. */
  readonly wants: number;
}

/**
 * `catalog/{owner}/waiting.json`: who waits to be let into the log. Only a hint: it may be lost, late, replaced by
 * another's or left by who has gone, and costs a short break at most. It is never deleted; each note is honoured once,
 * by its generation.
 */
export class WaitingNote {
  readonly #store: ObjectStore;
  readonly #name: string;
  #seen: string | undefined;

  constructor(store: ObjectStore, owner: string) {
    this.#store = store;
    this.#name = `catalog/${owner}/waiting.json`;
  }

  /** In place of another's, who leaves one again while it still waits. Never fails. */
  async leave({ writer, wants }: Waiting): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify({ version: 1, writer, wants })}\n`);
    await this.#store.put(this.#name, bytes, { contentType: "application/json" }).catch(() => undefined);
  }

  /** The note that lies there, if it was not seen before. Never fails. */
  async look(): Promise<Waiting | undefined> {
    try {
      const found = await this.#store.read(this.#name);
      if (found === undefined || found.object.generation === this.#seen) return undefined;
      this.#seen = found.object.generation;
      return parse(found.bytes);
    } catch {
      return undefined;
    }
  }
}

/** @throws SyntaxError */
function parse(bytes: Uint8Array): Waiting | undefined {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (typeof value !== "object" || value === null || !("writer" in value) || !("wants" in value))
    return undefined;
  const { writer, wants } = value;
  return typeof writer === "string" && isDuration(wants) ? { writer, wants } : undefined;
}

export function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
