import { Store } from "../state/store.ts";
import type { KeptKeys } from "./kept-keys.ts";

/** What the page that was left before had not finished, until it is. */
export class InterruptedUploads {
  /** How many there are. */
  readonly count = new Store(0);
  readonly #keys: Pick<KeptKeys, "findInterrupted" | "stillKept" | "dismiss">;
  #names: readonly string[] = [];
  #finding: Promise<void> | undefined;

  constructor(keys: Pick<KeptKeys, "findInterrupted" | "stillKept" | "dismiss">) {
    this.#keys = keys;
  }

  /** Looks once, before this page leaves any of its own. */
  async find(personId: string): Promise<void> {
    this.#finding ??= (async () => this.#set(await this.#keys.findInterrupted(personId)))();
    await this.#finding;
  }

  /** Leaves out what has come to its end meanwhile, in this page or another. */
  look(): void {
    if (this.#names.length > 0) this.#set(this.#keys.stillKept(this.#names));
  }

  /** They are not told any more, after another reload neither. */
  dismiss(): void {
    this.#keys.dismiss(this.#names);
    this.#set([]);
  }

  #set(names: readonly string[]): void {
    this.#names = names;
    this.count.set(names.length);
  }
}
