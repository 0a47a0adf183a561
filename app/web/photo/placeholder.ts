import { thumbHashToDataURL } from "thumbhash";

/** A blurred picture of what will be there, as a CSS image; none where the hash cannot be read. */
export function placeholderImage(thumbhash: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(thumbhash), (character) => character.codePointAt(0) ?? 0);
    return bytes.length < 5 ? undefined : `url(${thumbHashToDataURL(bytes)})`;
  } catch {
    return undefined;
  }
}
