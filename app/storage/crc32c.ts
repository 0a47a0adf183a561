import { folded, leastFoldedBytes, mostFoldedBytes } from "./crc32c-fold.ts";

/**
 * CRC-32C (Castagnoli), the checksum that Cloud Storage keeps of every object. Node's zlib has only the other
 * polynomial, and @google-cloud/storage's own is behind its whole import (173 ms), so it is written here:
 * eight tables, eight bytes a step. Each step waits for the one before, so two lanes of bytes that lie behind each
 * other are summed side by side and then joined: sums are linear, and what follows a lane shifts its sum as zeros do.
 * Long pieces are shortened before.
 */
const reversedPolynomial = 0x82f63b78;

/** A multiple of eight. */
const laneBytes = 1024;

const tables = new Int32Array(8 * 256);

/** What each byte of a sum becomes after a lane of zeros. */
const laneTables = new Int32Array(4 * 256);

/** Made with the first sum: at the start of a process they cost it more than all of its routes do. */
function makeTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? (remainder >>> 1) ^ reversedPolynomial : remainder >>> 1;
    }
    tables[byte] = remainder;
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256] ?? 0;
    tables[index] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  makeLaneTables();
}

function makeLaneTables(): void {
  const bits = Array.from({ length: 32 }, (_, bit) => {
    let state = 1 << bit;
    for (let zeros = 0; zeros < laneBytes; zeros++) state = (state >>> 8) ^ entry(0, state);
    return state;
  });
  for (let index = 0; index < laneTables.length; index++) {
    const firstBit = (index >>> 8) * 8;
    for (let bit = 0; bit < 8; bit++) {
      if ((index >>> bit) & 1) laneTables[index] = (laneTables[index] ?? 0) ^ (bits[firstBit + bit] ?? 0);
    }
  }
}

/** Sums what it is fed; `base64()` is the sum so far, as Cloud Storage writes it. */
export class Crc32c {
  #state = -1;

  constructor() {
    if (tables[1] === 0) makeTables();
  }

  update(bytes: Uint8Array): this {
    let rest = bytes;
    while (rest.length >= leastFoldedBytes) {
      const length = Math.min(rest.length, mostFoldedBytes) & ~15;
      this.#state = stateAfter(folded(rest.subarray(0, length), this.#state), 0);
      rest = rest.subarray(length);
    }
    this.#state = stateAfter(rest, this.#state);
    return this;
  }

  /** Base64 of four big-endian bytes. */
  base64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(~this.#state);
    return bytes.toString("base64");
  }
}

function stateAfter(bytes: Uint8Array, before: number): number {
  let state = before;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  for (; offset + 2 * laneBytes <= bytes.length; offset += 2 * laneBytes) {
    let behind = 0;
    for (let at = offset; at < offset + laneBytes; at += 8) {
      state = step(state ^ view.getInt32(at, true), view.getInt32(at + 4, true));
      behind = step(behind ^ view.getInt32(at + laneBytes, true), view.getInt32(at + laneBytes + 4, true));
    }
    state = afterLane(state) ^ behind;
  }
  for (; offset + 8 <= bytes.length; offset += 8) {
    state = step(state ^ view.getInt32(offset, true), view.getInt32(offset + 4, true));
  }
  for (; offset < bytes.length; offset++) state = (state >>> 8) ^ entry(0, state ^ view.getUint8(offset));
  return state;
}

/** The sum after eight bytes, of which the first four are mixed with the sum before. */
function step(low: number, high: number): number {
  // Eight calls to look these up are more than V8 would put in place of their callers.
  return (
    (tables[1792 + (low & 0xff)] ?? 0) ^
    (tables[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
    (tables[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
    (tables[1024 + (low >>> 24)] ?? 0) ^
    (tables[768 + (high & 0xff)] ?? 0) ^
    (tables[512 + ((high >>> 8) & 0xff)] ?? 0) ^
    (tables[256 + ((high >>> 16) & 0xff)] ?? 0) ^
    (tables[high >>> 24] ?? 0)
  );
}

function entry(table: number, byte: number): number {
  return tables[table * 256 + (byte & 0xff)] ?? 0;
}

function afterLane(state: number): number {
  return (
    (laneTables[state & 0xff] ?? 0) ^
    (laneTables[256 + ((state >>> 8) & 0xff)] ?? 0) ^
    (laneTables[512 + ((state >>> 16) & 0xff)] ?? 0) ^
    (laneTables[768 + (state >>> 24)] ?? 0)
  );
}

export function crc32cOf(bytes: Uint8Array): string {
  return new Crc32c().update(bytes).base64();
}
