/** One line of at most so many characters out of whatever another program wrote; null where nothing is left. */
export function writtenLine(text: string | null, mostCharacters: number): string | null {
  return shortened(text?.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " "), mostCharacters);
}

/** The same with its line feeds. */
export function writtenParagraphs(text: string | null, mostCharacters: number): string | null {
  return shortened(text?.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{Cc}\n\t]+/gu, ""), mostCharacters);
}

function shortened(text: string | undefined, mostCharacters: number): string | null {
  const characters = Array.from(text?.toWellFormed().normalize("NFC").trim() ?? "");
  const whole = characters.length <= mostCharacters;
  const kept = whole ? characters : [...characters.slice(0, mostCharacters - 1), "…"];
  return kept.length === 0 ? null : kept.join("");
}
