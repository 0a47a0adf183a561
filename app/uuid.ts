/** Sixteen bytes, those of version and variant overwritten, as the text of a UUID: https://www.rfc-editor.org/rfc/rfc9562 */
export function uuidOf(bytes: Buffer, version: 7 | 8): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = bytes.toString("hex");
  return [8, 12, 16, 20, 32]
    .map((end, part, ends) => digits.slice(part === 0 ? 0 : ends[part - 1], end))
    .join("-");
}

/**
 * Unique among all processes, and not unguessable: for what is found by it, never for what is let in by it. Made without
 * `node:crypto`, so that the first request need not wait for that.
 */
export function casualUuid(): string {
  const bytes = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) bytes.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), at);
  return uuidOf(bytes, 8);
}
