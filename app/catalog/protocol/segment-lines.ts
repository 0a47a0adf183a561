import type { Readable } from "node:stream";
import { DamagedEntryError, type Entry, decodeEntry } from "./entry.ts";
import type { Model } from "./model.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Tables } from "./tables.ts";

const newline = 0x0a;

/** Decoded at once: they take several times as much then. */
const mostRunBytes = 4 * 2 ** 20;

/**
 * Stands in the place of a segment that would be too large: whoever opens reads those entries from the log. To releases
 * that do not know it, it is a damaged segment, in whose place they put one.
 */
export const leftOut: Uint8Array = Buffer.from('{"version":1,"leftOut":"too large"}\n');

/** Without the newlines; nothing is copied. */
export function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start);
    lines.push(bytes.subarray(start, end === -1 ? bytes.length : end));
    start = end === -1 ? bytes.length : end + 1;
  }
  return lines;
}

/** The same of what need not be in memory as a whole. */
export async function* linesFrom(stream: Readable): AsyncIterable<Uint8Array> {
  let begun: Uint8Array[] = [];
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a stream of bytes is expected");
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]);
      begun = [];
      start = end + 1;
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

interface RunsParts<T extends Tables, C, E, A> extends Pick<Surroundings, "breathe"> {
  /** Number of the first line's entry. */
  readonly first: number;
  /** How many lines there must be at most. */
  readonly length: number;
  readonly model: Model<T, C, E, A>;
  /** Asked of each line beside what the entry says of itself. @default all are */
  readonly isSound?: (line: Uint8Array) => boolean;
}

/**
 * The entries of lines, in runs that are not too large. The runs before damage are whole.
 *
 * @throws DamagedEntryError, NewerEntryError, or what reading the lines throws
 */
export async function* runsOf<T extends Tables, C, E, A>(
  lines: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { first, length, model, breathe, isSound = () => true }: RunsParts<T, C, E, A>,
): AsyncIterable<readonly Entry<E>[]> {
  let entries: Entry<E>[] = [];
  let bytes = 0;
  let sequence = first;
  for await (const line of lines) {
    if (sequence === first + length || !isSound(line))
      throw new DamagedEntryError(sequence, "is not to be read from its segment");
    entries.push(decodeEntry(line, sequence++, model));
    await breathe();
    bytes += line.length;
    if (bytes < mostRunBytes) continue;
    yield entries;
    entries = [];
    bytes = 0;
  }
  if (entries.length > 0) yield entries;
}
