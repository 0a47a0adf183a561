/** One thing that is wrong in an environment's file. */
export interface Fault {
  /** Where in the literal, such as `web.minInstances`. */
  readonly fact: string;
  /** The value found there. */
  readonly received: unknown;
  /** What is wrong and what to write instead, as the rest of a sentence that begins with the fact. */
  readonly instead: string;
}

/** One fault as a line for people. */
export function describeFault({ fact, received, instead }: Fault): string {
  return `${fact} ${instead}${received === undefined ? "" : `, got ${JSON.stringify(received)}`}`;
}

/** Facts that were read and are wrong: its message names every one, so that no stack is needed. */
export class FactsError extends Error {}
