import type { Role } from "../runtime-contract.ts";
import { usableMemory } from "../usable-memory.ts";
import { MemoryBudget } from "./memory-budget.ts";

const mebibyte = 2 ** 20;

interface MemoryOfRole {
  /** Node, the program, its libraries and what requests take besides. */
  readonly ownBytes: number;
  /** The most that work on one file may take. */
  readonly workBytes: number;
  /** With less the largest upload, or a photo of a usual camera, could not be taken in. */
  readonly leastBytes: number;
}

const roles: Readonly<Record<Role, MemoryOfRole>> = {
  web: { ownBytes: 160 * mebibyte, workBytes: 160 * mebibyte, leastBytes: 208 * mebibyte },
  worker: { ownBytes: 192 * mebibyte, workBytes: Infinity, leastBytes: 384 * mebibyte },
  maintenance: { ownBytes: 192 * mebibyte, workBytes: Infinity, leastBytes: 384 * mebibyte },
};

/** The most that decoding one picture of 100 megapixels takes, with room. */
const enoughBytes = 4 * 2 ** 30;

/** Of what a process may use; the open catalogs have the rest. */
const share = 0.75;

/**
 * What files on their way, and the work on them, may take in a process of this role: on Cloud Run a file in the
 * temporary folder is memory as well.
 *
 * @throws Error where that is too little for a photo
 */
export function createWorkingMemory(role: Role, usableBytes = usableMemory()): MemoryBudget {
  const { ownBytes, workBytes, leastBytes } = roles[role];
  const totalBytes = Math.min(enoughBytes, usableBytes * share - ownBytes);
  if (totalBytes < leastBytes) {
    const least = Math.ceil((leastBytes + ownBytes) / share / mebibyte);
    throw new Error(
      `This process may use ${Math.floor(usableBytes / mebibyte)} MiB of memory, which leaves too little for photos: give it at least ${least} MiB`,
    );
  }
  return new MemoryBudget({ totalBytes, workBytes });
}
