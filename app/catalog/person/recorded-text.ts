import { photoTextLimits } from "../photo.ts";
import { profileTextLimits } from "../profile.ts";
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

/** Each once, in their order. @throws InvalidCommandError */
export function recordedTags(tags: readonly string[]): string[] {
  const lines = tags.map((tag) => recordedLine("tag", tag, photoTextLimits.tag));
  const distinct = [...new Set(lines.filter((tag) => tag !== null))];
  if (distinct.length > photoTextLimits.tags) {
    throw new InvalidCommandError(
      `a photo has at most ${photoTextLimits.tags} tags, got ${distinct.length}: leave some out`,
    );
  }
  return distinct;
}

/** A file's own name stays as it was given, letter by letter. @throws InvalidCommandError */
export function checkFileName(name: string): void {
  if (/[/\\]/.test(name)) {
    const received = JSON.stringify(name.slice(0, 280));
    throw new InvalidCommandError(`the name of a file has no folders, got ${received}`);
  }
  checkCharacters("the name of a file", name, 255);
}

/** What the identity proxy says of somebody; an address stays as it is. @throws InvalidCommandError */
export function recordedIdentity<I extends { readonly email: string; readonly name: string | null }>(
  identity: I,
): I {
  checkCharacters("an e-mail address", identity.email, profileTextLimits.email);
  return { ...identity, name: recordedLine("name", identity.name, profileTextLimits.name) };
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

function checkCharacters(what: string, text: string, mostCharacters: number): void {
  if (text !== "" && !/[\p{Cc}\p{Cs}]/u.test(text) && Array.from(text).length <= mostCharacters) return;
  const received = JSON.stringify(Array.from(text).slice(0, mostCharacters).join(""));
  throw new InvalidCommandError(
    `${what} must be 1 to ${mostCharacters} characters, none of them half or a control character, got ${received}`,
  );
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
