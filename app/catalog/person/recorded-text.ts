import { InvalidCommandError } from "../protocol/errors.ts";

/** One line, trimmed; null where nothing is left. @throws InvalidCommandError */
export function recordedLine(what: string, text: string | null, mostCharacters: number): string | null {
  return checked(what, text?.replaceAll(/\p{Cc}+/gu, " "), mostCharacters);
}

/** Keeps line feeds; other control characters show nothing and are left out. @throws InvalidCommandError */
export function recordedParagraphs(what: string, text: string | null, mostCharacters: number): string | null {
  const clean = text?.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{Cc}\n\t]+/gu, "");
  return checked(what, clean, mostCharacters);
}

/** Of records that whoever gives the command names. @throws InvalidCommandError */
export function checkId(what: string, id: string): void {
  if (!/^[\w-]{1,100}$/.test(id)) {
    const received = JSON.stringify(id.slice(0, 120));
    throw new InvalidCommandError(
      `the id of ${what} must be 1 to 100 letters, digits, '-' or '_', got ${received}`,
    );
  }
}

function checked(what: string, text: string | undefined, mostCharacters: number): string | null {
  const trimmed = text?.normalize("NFC").trim() ?? "";
  if (!trimmed.isWellFormed()) throw new InvalidCommandError(`the ${what} holds half of a character`);
  const { length } = Array.from(trimmed);
  if (length > mostCharacters) {
    throw new InvalidCommandError(
      `the ${what} has ${length} characters and may have ${mostCharacters}: shorten it`,
    );
  }
  return trimmed === "" ? null : trimmed;
}
