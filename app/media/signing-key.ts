/** A key that the edge knows by name; HMAC-SHA1 with its raw 16 bytes. */
export interface SigningKey {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads MEDIA_KEY and MEDIA_KEY_NAME: both, or neither behind an edge that verifies nothing.
 * https://cloud.google.com/cdn/docs/using-signed-urls#creatingkeys: 128 bits, URL-safe, with their padding.
 *
 * @param complain told one sentence for each fault; the key itself is in none
 */
export function readMediaKey(
  text: string | undefined,
  name: string | undefined,
  complain: (problem: string) => void,
): SigningKey | undefined {
  if (text === undefined && name === undefined) return undefined;
  if (text === undefined || name === undefined) {
    const missing = text === undefined ? "MEDIA_KEY" : "MEDIA_KEY_NAME";
    complain(
      `${missing} is missing: expected it beside the other of MEDIA_KEY and MEDIA_KEY_NAME, or neither of them`,
    );
    return undefined;
  }
  const isKey = /^[A-Za-z0-9_-]{22}==$/.test(text);
  const isName = /^[a-z0-9_-]{1,63}$/.test(name);
  if (!isKey) {
    complain(
      `MEDIA_KEY is ${text.length} characters: expected 16 bytes in base64url with their padding, so 22 characters and '=='`,
    );
  }
  if (!isName) {
    complain(
      `MEDIA_KEY_NAME is '${name}': expected 1 to 63 small letters, digits, '-' and '_', such as 'media-v1'`,
    );
  }
  return isKey && isName ? { name, bytes: Buffer.from(text, "base64url") } : undefined;
}
