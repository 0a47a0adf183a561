/** Where a command's words go. */
export interface Terminal {
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

export const exitCodes = {
  fine: 0,
  /** Something is damaged or missing; the output says what to do. */
  damage: 1,
  /** What was asked for makes no sense, or there is nobody of that id. */
  usage: 2,
  /** The store did not answer; nothing is said about what it holds. */
  unavailable: 3,
  /** Nothing is damaged, and a newer release than this one wrote what it cannot read: run that one's command. */
  newer: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What was asked for cannot be done; the message says why and what is allowed. */
export class UsageError extends Error {}

/** One line of JSON, with the names of records in snake_case; what lies within values stays as it is. */
export function jsonLine(value: object): string {
  const named = Object.entries(value).map(([name, inner]): [string, unknown] => [snakeCased(name), inner]);
  return JSON.stringify(Object.fromEntries(named));
}

function snakeCased(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
