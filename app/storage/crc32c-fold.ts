/**
 * Shortens bytes to a few thousand that have the same CRC-32C, much faster than tables sum them. Blocks of sixteen bytes
 * that lie 0, 65, 155, 170, 195 and 209 places behind each other sum to zero where all six are the same; and sums are
 * linear. So a block may be taken out where it is added to the five behind it: from the first one on, until only the
 * last 209 are left.
 *
 * The method: https://arxiv.org/abs/2412.16398 (Chorba); the places are the nearest six for this polynomial. JavaScript
 * adds four bytes at once, which is no faster than its tables, WebAssembly sixteen.
 */
const blockBytes = 16;
const distances = [65, 155, 170, 195, 209] as const;

/** So many bytes are left. */
export const foldedBytes = 209 * blockBytes;

/** Less is summed sooner as it is. */
export const leastFoldedBytes = 16_384;

const memoryPages = 2;
/** What is left is at the memory's beginning; blocks before the first one and behind the last one are zeros. */
const dataAt = 2 * foldedBytes;

/** Of one call at most. */
export const mostFoldedBytes = memoryPages * 65_536 - dataAt;

interface Folding {
  readonly memory: Uint8Array;
  /** To each block from `to` until `end` adds those at the distances before it, the furthest of which is at `from`. */
  readonly add: (from: number, to: number, end: number) => void;
}

let made: Folding | undefined;

/**
 * @param bytes a multiple of sixteen, from `leastFoldedBytes` to `mostFoldedBytes`
 * @param state the sum before them, as it is within the calculation
 * @returns bytes whose sum is theirs where the state before is 0; only until the next call
 */
export function folded(bytes: Uint8Array, state: number): Uint8Array {
  if (bytes.length % blockBytes !== 0 || bytes.length < foldedBytes || bytes.length > mostFoldedBytes) {
    throw new RangeError(
      `Expected a multiple of ${blockBytes} from ${foldedBytes} to ${mostFoldedBytes} bytes but received ${bytes.length}`,
    );
  }
  made ??= makeFolding();
  const { memory, add } = made;
  memory.fill(0, dataAt - foldedBytes, dataAt);
  memory.set(bytes, dataAt);
  for (let at = 0; at < 4; at++) memory[dataAt + at] = (bytes[at] ?? 0) ^ (state >>> (8 * at));
  const end = dataAt + bytes.length - foldedBytes;
  if (end > dataAt) add(dataAt - foldedBytes, dataAt, end);
  memory.copyWithin(0, end, end + foldedBytes);
  // What is left is not taken out, so nothing of it is added to what lies behind.
  memory.fill(0, end, end + foldedBytes);
  add(end - foldedBytes, 0, foldedBytes);
  return memory.subarray(0, foldedBytes);
}

function makeFolding(): Folding {
  const { memory, add } = new WebAssembly.Instance(new WebAssembly.Module(program())).exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof add !== "function")
    throw new Error("the program that folds exports no 'memory' and 'add'");
  return {
    memory: new Uint8Array(memory.buffer),
    add: (from, to, end) => {
      add(from, to, end);
    },
  };
}

/** https://webassembly.github.io/spec/core/binary */
function program(): Uint8Array {
  const [from, to, end] = [0, 1, 2];
  const furthest = Math.max(...distances);
  const code = [
    [0x00], // no more locals
    [0x03, 0x40], // loop
    get(to),
    load(to, 0),
    ...distances.map((distance) => [...load(from, (furthest - distance) * blockBytes), 0xfd, 0x51]), // v128.xor
    [0xfd, 0x0b, 0x04, 0x00], // v128.store
    [...get(from), 0x41, blockBytes, 0x6a, 0x21, from], // i32.const, i32.add, local.set
    [...get(to), 0x41, blockBytes, 0x6a, 0x22, to], // the same, local.tee
    [...get(end), 0x49, 0x0d, 0x00], // i32.lt_u, br_if the loop
    [0x0b, 0x0b], // end of the loop, of the function
  ].flat();
  return Uint8Array.from(
    [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00]), // a function of three i32
      section(3, [0x01, 0x00]),
      section(5, [0x01, 0x00, memoryPages]),
      section(7, [0x02, ...text("memory"), 0x02, 0x00, ...text("add"), 0x00, 0x00]),
      section(10, [0x01, ...unsigned(code.length), ...code]),
    ].flat(),
  );
}

/** local.get */
function get(local: number): number[] {
  return [0x20, local];
}

/** v128.load */
function load(local: number, offset: number): number[] {
  return [...get(local), 0xfd, 0x00, 0x04, ...unsigned(offset)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function text(name: string): number[] {
  return [name.length, ...Buffer.from(name)];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
