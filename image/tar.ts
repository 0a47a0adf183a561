/** One entry of an archive. Owner, group and times are not part of it: they are always root and 1970. */
export type TarEntry = TarDirectory | TarFile | TarLink;

export interface TarDirectory {
  readonly kind: "directory";
  /** Relative, with `/` between parts, without one at either end. */
  readonly path: string;
  /** Anybody may write into it, and remove only what is theirs: `/tmp`. @default false */
  readonly isShared?: boolean;
}

export interface TarFile {
  readonly kind: "file";
  readonly path: string;
  /** 0755 instead of 0644. */
  readonly isExecutable: boolean;
  readonly bytes: Uint8Array;
}

export interface TarLink {
  readonly kind: "link";
  readonly path: string;
  /** What the symbolic link says, as it stands. */
  readonly target: string;
}

const blockSize = 512;

/**
 * Writes an archive that depends on its entries only: sorted by path in byte order, parent folders added, modes
 * 0644 or 0755, owner 0:0, times 1970. POSIX ustar, with a pax record where a name does not fit.
 *
 * @throws Error when two entries have one path, or a path is absolute or climbs
 */
export function* writeTar(entries: Iterable<TarEntry>): Generator<Uint8Array> {
  for (const entry of withParents(entries)) {
    const size = entry.kind === "file" ? entry.bytes.length : 0;
    const target = entry.kind === "link" ? entry.target : "";
    const name = entry.kind === "directory" ? `${entry.path}/` : entry.path;
    const records = [
      ...(splitName(name) === undefined ? [paxRecord("path", name)] : []),
      ...(Buffer.byteLength(target) > 100 ? [paxRecord("linkpath", target)] : []),
    ].join("");
    if (records !== "") {
      yield header({
        name: "PaxHeader",
        mode: 0o644,
        size: Buffer.byteLength(records),
        type: "x",
        target: "",
      });
      yield* padded(Buffer.from(records));
    }
    yield header({
      name: splitName(name) === undefined ? name.slice(0, 90) : name,
      mode: modeOf(entry),
      size,
      type: typeFlags[entry.kind],
      target: target.slice(0, 100),
    });
    if (entry.kind === "file") yield* padded(entry.bytes);
  }
  yield Buffer.alloc(2 * blockSize);
}

function modeOf(entry: TarEntry): number {
  if (entry.kind === "directory") return entry.isShared === true ? 0o1777 : 0o755;
  return entry.kind === "file" && !entry.isExecutable ? 0o644 : 0o755;
}

const typeFlags = { file: "0", link: "2", directory: "5" } as const;

function withParents(entries: Iterable<TarEntry>): TarEntry[] {
  const byPath = new Map<string, TarEntry>();
  const parents = new Set<string>();
  for (const entry of entries) {
    const parts = entry.path.split("/");
    if (parts.some((part) => part === "" || part === "." || part === "..") || entry.path.includes("\0")) {
      throw new Error(
        `a path in an archive must be relative and plain, such as 'app/main.js', got '${entry.path}'`,
      );
    }
    if (byPath.has(entry.path) && entry.kind !== "directory") {
      throw new Error(`an archive has one entry for each path, got two for '${entry.path}'`);
    }
    byPath.set(entry.path, entry);
    for (let length = 1; length < parts.length; length++) parents.add(parts.slice(0, length).join("/"));
  }
  for (const path of parents) if (!byPath.has(path)) byPath.set(path, { kind: "directory", path });
  return [...byPath.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly target: string;
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, "ustar Interchange Format" */
function header({ name, mode, size, type, target }: Header): Buffer {
  const block = Buffer.alloc(blockSize);
  const [prefix, rest] = splitName(name) ?? ["", name];
  block.write(rest, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(target, 157);
  block.write("ustar\x0000", 257, "latin1");
  block.write(octal(0, 8), 329);
  block.write(octal(0, 8), 337);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

/** Prefix and name as ustar wants them (155 and 100 bytes), or nothing when the name does not fit. */
function splitName(name: string): readonly [string, string] | undefined {
  if (Buffer.byteLength(name) <= 100) return ["", name];
  for (let cut = name.indexOf("/"); cut !== -1; cut = name.indexOf("/", cut + 1)) {
    const [prefix, rest] = [name.slice(0, cut), name.slice(cut + 1)];
    if (rest !== "" && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100)
      return [prefix, rest];
  }
  return undefined;
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length + rest !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function* padded(bytes: Uint8Array): Generator<Uint8Array> {
  // Small enough pieces that hashing and compressing go on side by side.
  for (let start = 0; start < bytes.length; start += 1 << 20) yield bytes.subarray(start, start + (1 << 20));
  const rest = bytes.length % blockSize;
  if (rest !== 0) yield Buffer.alloc(blockSize - rest);
}
