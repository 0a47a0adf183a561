import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Read and summed at once: some milliseconds of work, on a phone too, after which the page may answer a touch. */
const pieceBytes = 262_144;

/**
 * SHA-256 of a file, piece by piece, so that one of 200 MiB takes no more memory than a small one. In script, as the
 * browser's own takes a file only as a whole, and WebAssembly is not allowed by the page's policy.
 *
 * @returns 64 hexadecimal digits
 * @throws what the signal was given, once it was
 */
export async function sha256Of(file: Blob, signal?: AbortSignal): Promise<string> {
  const sum = sha256.create();
  for (let first = 0; first < file.size; first += pieceBytes) {
    signal?.throwIfAborted();
    sum.update(new Uint8Array(await file.slice(first, first + pieceBytes).arrayBuffer()));
  }
  return bytesToHex(sum.digest());
}
