import { usableMemory } from "../usable-memory.ts";
import { createHeicDecoder } from "./heic-decoder.ts";
import { createPictures, type Pictures } from "./pictures.ts";

/** Node, the program and its libraries. */
const ownBytes = 192 * 2 ** 20;

/** The most that decoding one picture of 100 megapixels takes, with room. */
const enoughBytes = 4 * 2 ** 30;

/** With less, photos of usual cameras could not be decoded: 24 megapixels as a whole. */
const leastBytes = 144 * 2 ** 20;

/**
 * Work on pictures in a process that has nothing else to do: of every format, and with all the memory that Node and
 * the open catalogs (a quarter) leave.
 *
 * @param program the app's program file, for the child process that decodes HEIC
 * @throws Error where there is too little memory to decode anything
 */
export function createWorkerPictures(program: string, memoryBytes = usableMemory()): Pictures {
  const forDecoding = Math.min(enoughBytes, memoryBytes * 0.75 - ownBytes);
  if (forDecoding < leastBytes) {
    throw new Error(
      `This process may use ${Math.floor(memoryBytes / 2 ** 20)} MiB of memory, which leaves too little to decode pictures: give it at least 512 MiB`,
    );
  }
  return createPictures({
    heic: createHeicDecoder({ program }),
    decodeBytes: forDecoding,
    memoryBytes: forDecoding,
  });
}
