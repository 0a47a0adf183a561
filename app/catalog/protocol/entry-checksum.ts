import { crc32cOf } from "../../storage/crc32c.ts";

/**
 * The last field of an entry, `"crc32c"`, sums the bytes before it, so that damage is seen wherever the entry comes
 * from: a store that was copied and summed its objects anew, a segment, a backup. A release that does not know the
 * field passes over it. Entries of the first release have none.
 */
const tail = /,"crc32c":"([A-Za-z0-9+/]{6}==)"\}\n?$/;
const mostTailBytes = 24;

/** @param json an object that is not empty */
export function withChecksum(json: string): Uint8Array {
  const summed = json.slice(0, -1);
  return Buffer.from(`${summed},"crc32c":"${crc32cOf(Buffer.from(summed))}"}\n`);
}

export function checkOf(bytes: Uint8Array): "right" | "wrong" | "absent" {
  const end = Buffer.from(bytes.subarray(Math.max(0, bytes.length - mostTailBytes))).toString("latin1");
  const found = tail.exec(end);
  if (found === null) return "absent";
  const summed = bytes.subarray(0, bytes.length - found[0].length);
  return crc32cOf(summed) === found[1] ? "right" : "wrong";
}
