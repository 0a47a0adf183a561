/** Letters that no decomposition of Unicode's turns into the ones that people type for them. */
const letters: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ħ: "h",
  ŧ: "t",
  ı: "i",
  æ: "ae",
  œ: "oe",
  þ: "th",
  ς: "σ",
};
const lettersPattern = new RegExp(`[${Object.keys(letters).join("")}]`, "gu");

/** Accents of Latin, Greek and Cyrillic; points of Hebrew and Arabic, which are written or left out. */
const marks = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/gu;

/** Not part of a word. */
const gaps = /[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}]+/gu;

/** Written without spaces between words: each of these is a word, and several in a row are found as they stand. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{Extended_Pictographic}]/gu;

/**
 * Words as they are searched for: without case and accents, each with a space before it, so that looking for a space
 * and the beginning of a word finds that word. `"Ålesund, IMG_12"` → `" alesund img 12"`. Empty where there is no word.
 */
export function foldText(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(marks, "")
    .normalize("NFKC")
    .replaceAll(lettersPattern, (letter) => letters[letter] ?? letter);
  const words = plain.replaceAll(gaps, " ").replaceAll(unspaced, " $& ").trim();
  return words === "" ? "" : ` ${words.replaceAll(/ +/g, " ")}`;
}

/** What a photo must hold to be found: each of these, anywhere. Words of one term must stand in a row. */
export function foldTerms(search: string): readonly string[] {
  const terms = search.split(/\s+/u).map(foldText);
  return [...new Set(terms)].filter((term) => term !== "");
}
