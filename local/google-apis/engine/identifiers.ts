import { createHash } from "node:crypto";

/**
 * The names, numbers and times that a server assigns. They follow from the order of the calls alone, so that two equal
 * runs give equal identifiers; times are the clock's.
 */
export class Identifiers {
  #count = 0;
  readonly #clock: () => Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** An unsigned number of 19 digits, past what a double holds, as compute numbers its resources. */
  number(): string {
    const digits = BigInt(`0x${this.#hash().slice(0, 15)}`) % 10n ** 18n;
    return String(digits + 10n ** 18n);
  }

  uuid(): string {
    const hex = this.#hash();
    const groups = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
    return [...groups, hex.slice(20, 32)].join("-");
  }

  /** Lower-case letters and digits. */
  suffix(length: number): string {
    return this.#hash().slice(0, length);
  }

  /** RFC 3339 in UTC. */
  time(): string {
    return this.#clock().toISOString();
  }

  #hash(): string {
    this.#count += 1;
    return createHash("sha256").update(`identifier ${this.#count}`).digest("hex");
  }
}

/** A short tag that changes when the content does. */
export function contentTag(content: unknown, length = 12): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("base64").slice(0, length);
}
