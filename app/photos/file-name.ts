const longest = 255;

/** What a photo is called whose file has no usable name. */
const unnamed = "photo";

/**
 * A file's own name as data: the last part of whatever path came with it, without control characters
 * and marks of writing direction. It is
 * shown and offered at downloads, and is never part of a path of ours.
 */
export function readFileName(received: string | undefined): string {
  const last = (received ?? "").toWellFormed().split(/[/\\]/u).at(-1) ?? "";
  // Marks of writing direction can make one extension look like another.
  const name = last.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, "").trim();
  if (name === "" || name === "." || name === "..") return unnamed;
  // Cutting may leave half of a character at the end.
  return name.slice(0, longest).replace(/\p{Cs}$/u, "");
}

/**
 * `Content-Disposition` of a download by RFC 6266: the name in ASCII for old clients, and in UTF-8 by RFC 8187.
 *
 * `attachment; filename="Caf_ 1.jpg"; filename*=UTF-8''Caf%C3%A9%201.jpg`
 */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/gu, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
