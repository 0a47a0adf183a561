import { gunzipSync } from "node:zlib";

export interface ArchivedFile {
  /** As written in the archive. */
  readonly path: string;
  readonly isExecutable: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The regular files of a gzipped tar archive, such as a package of npm's registry. Folders, links and devices
 * are left out: such a package has none.
 *
 * @throws Error when the archive is damaged or a path climbs out of it
 */
export function readTarball(tarball: Uint8Array): ArchivedFile[] {
  const archive = gunzipSync(tarball);
  const files: ArchivedFile[] = [];
  let pax: ReadonlyMap<string, string> = new Map();
  let longName: string | undefined;
  for (let offset = 0; offset + 512 <= archive.length;) {
    const block = archive.subarray(offset, offset + 512);
    if (block.every((byte) => byte === 0)) break;
    checkSum(block, offset);
    const size = number(block, 124, 12);
    const content = archive.subarray(offset + 512, offset + 512 + size);
    if (content.length < size) throw new Error(`the archive ends within '${text(block, 0, 100)}'`);
    offset += 512 + Math.ceil(size / 512) * 512;
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === "x") pax = paxRecords(content);
    else if (type === "L") longName = text(content, 0, content.length);
    else {
      if (type === "0" || type === "\0") {
        const isUstar = text(block, 257, 6).startsWith("ustar");
        const prefix = isUstar ? text(block, 345, 155) : "";
        const plain = prefix === "" ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`;
        const path = pax.get("path") ?? longName ?? plain;
        if (path.startsWith("/") || path.split("/").includes("..")) {
          throw new Error(`the archive has a file outside of itself: '${path}'`);
        }
        files.push({ path, isExecutable: (number(block, 100, 8) & 0o100) !== 0, bytes: content });
      }
      if (type !== "g") {
        pax = new Map();
        longName = undefined;
      }
    }
  }
  return files;
}

function text(bytes: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

function number(bytes: Uint8Array, start: number, length: number): number {
  const value = Number.parseInt(text(bytes, start, length).trim() || "0", 8);
  if (Number.isNaN(value)) throw new Error("the archive is damaged: a number in it cannot be read");
  return value;
}

function checkSum(block: Uint8Array, offset: number): void {
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== number(block, 148, 8)) throw new Error(`the archive is damaged at byte ${offset}`);
}

function paxRecords(content: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  const bytes = Buffer.from(content);
  for (let offset = 0; offset < bytes.length;) {
    const length = Number.parseInt(bytes.toString("latin1", offset, bytes.indexOf(32, offset)), 10);
    if (!(length > 0)) throw new Error("the archive is damaged: an extended header cannot be read");
    const record = bytes.toString("utf8", offset, offset + length - 1);
    const [, key = "", value = ""] = /^\d+ ([^=]+)=([\s\S]*)$/.exec(record) ?? [];
    records.set(key, value);
    offset += length;
  }
  return records;
}
