/**
 * Takes symbols and debugging sections out of a 64-bit little-endian ELF file, as binutils' `strip` does, so
 * that every builder writes the same smaller program whatever its platform and tools. What is loaded into
 * memory stays byte for byte, dynamic symbols included: native add-ons need them.
 *
 * A file of another format, or one whose unloaded sections do not come last, is returned as it is.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */
export function stripExecutable(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (
    file.length < 64 ||
    file.readUInt32BE(0) !== elfMagic ||
    file[4] !== elf64 ||
    file[5] !== littleEndian
  ) {
    return bytes;
  }
  const sections = readSections(file);
  const kept = sections.filter((section, index) => index === 0 || section.isLoaded);
  if (kept.some((section, index) => sections[index] !== section)) return bytes;
  const end = Math.max(endOfSegments(file), ...kept.map((section) => section.end));
  // The table of names is never loaded: alone it means that nothing is left to take out.
  if (sections.length <= kept.length + 1 || end > file.length) return bytes;

  const names = Buffer.from(`\0${[...kept.map((section) => section.name), namesSection].join("\0")}\0`);
  const headersAt = align(end + names.length);
  const output = Buffer.alloc(headersAt + (kept.length + 1) * sectionHeaderSize);
  file.copy(output, 0, 0, end);
  names.copy(output, end);
  for (const [index, section] of kept.entries()) {
    section.header.copy(output, headersAt + index * sectionHeaderSize);
    const nameAt = section.name === "" ? 0 : names.indexOf(`\0${section.name}\0`) + 1;
    output.writeUInt32LE(nameAt, headersAt + index * sectionHeaderSize);
  }
  const own = headersAt + kept.length * sectionHeaderSize;
  output.writeUInt32LE(names.indexOf(`\0${namesSection}\0`) + 1, own);
  output.writeUInt32LE(stringTable, own + 4);
  output.writeBigUInt64LE(BigInt(end), own + 24);
  output.writeBigUInt64LE(BigInt(names.length), own + 32);
  output.writeBigUInt64LE(1n, own + 48);
  output.writeBigUInt64LE(BigInt(headersAt), 40);
  output.writeUInt16LE(kept.length + 1, 60);
  output.writeUInt16LE(kept.length, 62);
  return output;
}

const elfMagic = 0x7f454c46;
const elf64 = 2;
const littleEndian = 1;
const sectionHeaderSize = 64;
const programHeaderSize = 56;
const stringTable = 3;
const occupiesNoBytes = 8;
const isAllocated = 2n;
const namesSection = ".shstrtab";

interface Section {
  readonly name: string;
  readonly isLoaded: boolean;
  /** Where its bytes end in the file. */
  readonly end: number;
  readonly header: Buffer;
}

function readSections(file: Buffer): Section[] {
  const start = Number(file.readBigUInt64LE(40));
  const count = file.readUInt16LE(60);
  const headers = Array.from({ length: count }, (_, index) =>
    file.subarray(start + index * sectionHeaderSize, start + (index + 1) * sectionHeaderSize),
  );
  const names = headers[file.readUInt16LE(62)];
  const namesAt = names === undefined ? 0 : Number(names.readBigUInt64LE(24));
  return headers.map((header) => {
    const nameAt = namesAt + header.readUInt32LE(0);
    const size = header.readUInt32LE(4) === occupiesNoBytes ? 0 : Number(header.readBigUInt64LE(32));
    return {
      name: file.toString("latin1", nameAt, file.indexOf(0, nameAt)),
      isLoaded: (header.readBigUInt64LE(8) & isAllocated) !== 0n,
      end: size === 0 ? 0 : Number(header.readBigUInt64LE(24)) + size,
      header,
    };
  });
}

function endOfSegments(file: Buffer): number {
  const start = Number(file.readBigUInt64LE(32));
  const ends = Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const header = start + index * programHeaderSize;
    return Number(file.readBigUInt64LE(header + 8) + file.readBigUInt64LE(header + 32));
  });
  return Math.max(0, ...ends);
}

function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
