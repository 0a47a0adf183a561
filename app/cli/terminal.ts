/** Where a command's words go. */
export interface Terminal {
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The same without what steers a terminal: titles and names that people and cameras wrote may hold it. */
export function plainTerminal({ write, complain }: Terminal): Terminal {
  return { write: (line) => write(plain(line)), complain: (line) => complain(plain(line)) };
}

function plain(line: string): string {
  return line.replaceAll(/[^\P{Cc}\n\t]+/gu, " ");
}

/** What somebody wrote, as part of a line that is ours. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ⏎ ");
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
  // What terminals may take for the beginning of a command and JSON does not escape by itself.
  return JSON.stringify(Object.fromEntries(named)).replaceAll(/[\u007f-\u009f]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function snakeCased(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
