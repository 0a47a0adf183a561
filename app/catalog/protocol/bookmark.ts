import {
  ObjectDamagedError,
  ObjectExistsError,
  type ObjectStore,
  PreconditionFailedError,
} from "../../storage/object-store.ts";

/** How far some work along a log has got. */
export interface Mark {
  /** ISO 8601 in UTC: when it was set. */
  readonly at: string;
  /** Numbers of entries, by what they mean to the work. */
  readonly sequences: Readonly<Record<string, number>>;
  /** Of objects that the work left in a state of its own, by what names them to the work. */
  readonly generations?: Readonly<Record<string, string>>;
}

/** Where the mark of a work along the owner's log is kept. */
export function bookmarkName(owner: string, work: string): string {
  return `catalog/${owner}/${work}.json`;
}

/**
 * `catalog/{owner}/{work}.json`. What was done is never wrong to do again, so the object may be lost or damaged: the
 * work then begins at the first entry.
 */
export class Bookmark {
  readonly #store: ObjectStore;
  readonly #name: string;
  #generation: string | undefined;

  constructor(store: ObjectStore, owner: string, work: string) {
    this.#store = store;
    this.#name = bookmarkName(owner, work);
  }

  /** Undefined before the first time. */
  async read(): Promise<Mark | undefined> {
    try {
      const found = await this.#store.read(this.#name);
      this.#generation = found?.object.generation;
      return found && parse(found.bytes);
    } catch (error) {
      if (!(error instanceof ObjectDamagedError)) throw error;
      this.#generation = (await this.#store.stat(this.#name))?.generation;
      return undefined;
    }
  }

  /**
   * Sets it, unless somebody else did since it was read here.
   *
   * @returns whether it is as given now, as far as is known
   */
  async set(mark: Mark): Promise<boolean> {
    const bytes = Buffer.from(`${JSON.stringify({ version: 1, ...mark })}\n`);
    const condition =
      this.#generation === undefined ? { ifAbsent: true } : { ifGeneration: this.#generation };
    try {
      const put = await this.#store.put(this.#name, bytes, { contentType: "application/json", ...condition });
      this.#generation = put.generation;
      return true;
    } catch (error) {
      if (error instanceof ObjectExistsError || error instanceof PreconditionFailedError) return false;
      throw error;
    }
  }
}

function parse(bytes: Uint8Array): Mark | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof value !== "object" || value === null || !("at" in value) || !("sequences" in value))
      return undefined;
    const { at, sequences } = value;
    if (typeof at !== "string" || typeof sequences !== "object" || sequences === null) return undefined;
    const numbers = Object.entries(sequences).filter(
      (pair): pair is [string, number] => Number.isSafeInteger(pair[1]) && Number(pair[1]) >= 0,
    );
    const mark = { at, sequences: Object.fromEntries(numbers) };
    if (!("generations" in value) || typeof value.generations !== "object" || value.generations === null)
      return mark;
    const generations = Object.entries(value.generations).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    );
    return { ...mark, generations: Object.fromEntries(generations) };
  } catch {
    return undefined;
  }
}
