import { checkPreconditions, type Preconditions } from "./preconditions.ts";
import { objectNotFound } from "./storage-error.ts";
import {
  checkChecksums,
  checkObjectName,
  checksumsOf,
  type ObjectMetadata,
  readMetadata,
  type StoredObject,
} from "./stored-object.ts";

export interface CorsRule {
  readonly origin: readonly string[];
  readonly method: readonly string[];
  readonly responseHeader: readonly string[];
  readonly maxAgeSeconds: number;
}

export interface BucketSettings {
  /** Keep replaced and deleted objects as noncurrent versions. @default false */
  readonly versioning?: boolean;
  /** Which pages may send requests. @default none */
  readonly cors?: readonly CorsRule[];
  /** @default the system's clock */
  readonly now?: () => Date;
}

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly startOffset: string;
  readonly endOffset: string;
  readonly versions: boolean;
  readonly maxResults: number;
  readonly pageToken: string;
}

export interface ListPage {
  readonly items: readonly StoredObject[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | undefined;
}

/** The objects of one bucket in memory, with their versions. Every method is atomic: it never waits. */
export class ObjectBucket {
  readonly name: string;
  /** Replaced when the bucket's resource is updated. */
  settings: BucketSettings;
  /** Ascending by generation; the last one is live unless it has `timeDeleted`. */
  readonly #versions = new Map<string, StoredObject[]>();
  #lastGeneration = 0n;

  readonly #onFinalized: (object: StoredObject) => void;

  /** @param onFinalized is told of every object that is made or replaced */
  constructor(
    name: string,
    settings: BucketSettings = {},
    onFinalized: (object: StoredObject) => void = () => {},
  ) {
    this.name = name;
    this.settings = settings;
    this.#onFinalized = onFinalized;
  }

  /** The live version, or the given one, live or not. */
  find(name: string, generation?: bigint): StoredObject | undefined {
    const versions = this.#versions.get(name) ?? [];
    if (generation !== undefined) return versions.find((version) => version.generation === generation);
    const last = versions.at(-1);
    return last?.timeDeleted === undefined ? last : undefined;
  }

  /** @throws StorageError 404, 412, 304 */
  get(name: string, wanted: Preconditions = {}, generation?: bigint): StoredObject {
    const object = this.find(name, generation);
    if (object === undefined) throw objectNotFound(this.name, name);
    checkPreconditions(wanted, object, "read");
    return object;
  }

  /** @throws StorageError 400 for a bad name, unknown field or wrong checksum, 412 */
  insert(
    name: string,
    bytes: Buffer,
    resource: Readonly<Record<string, unknown>> = {},
    wanted: Preconditions = {},
  ): StoredObject {
    checkObjectName(name);
    checkPreconditions(wanted, this.find(name), "write");
    const checksums = checksumsOf(bytes);
    checkChecksums(resource, checksums);
    const now = this.#now();
    const object: StoredObject = {
      bucket: this.name,
      name,
      bytes,
      ...checksums,
      generation: this.#nextGeneration(now),
      metageneration: 1n,
      metadata: readMetadata(resource),
      timeCreated: now,
      updated: now,
    };
    this.#retire(name, now);
    this.#versions.set(name, [...(this.#versions.get(name) ?? []), object]);
    this.#onFinalized(object);
    return object;
  }

  /** Changes metadata; a field given as null is removed. @throws StorageError 400, 404, 412 */
  update(
    name: string,
    patch: Readonly<Record<string, unknown>>,
    wanted: Preconditions,
    mode: "patch" | "replace",
  ): StoredObject {
    const present = this.find(name);
    checkPreconditions(wanted, present, "write");
    if (present === undefined) throw objectNotFound(this.name, name);
    const kept = Object.entries(mode === "patch" ? present.metadata : {}).filter(
      ([field]) => patch[field] !== null,
    );
    const metadata: ObjectMetadata = { ...Object.fromEntries(kept), ...readMetadata(patch) };
    const changed = {
      ...present,
      metadata,
      metageneration: present.metageneration + 1n,
      updated: this.#now(),
    };
    this.#versions.get(name)?.splice(-1, 1, changed);
    return changed;
  }

  /** Removes the live version, or for good the given one. @throws StorageError 404, 412 */
  delete(name: string, wanted: Preconditions = {}, generation?: bigint): void {
    const object = this.find(name, generation);
    checkPreconditions(wanted, object, "write");
    if (object === undefined) throw objectNotFound(this.name, name);
    if (generation === undefined) {
      this.#retire(name, this.#now());
      return;
    }
    this.#keep(
      name,
      (this.#versions.get(name) ?? []).filter((version) => version !== object),
    );
  }

  list(query: ListQuery): ListPage {
    const names = [...this.#versions.keys()]
      .filter(
        (name) =>
          name.startsWith(query.prefix) &&
          compareUtf8(name, query.startOffset) >= 0 &&
          (query.endOffset === "" || compareUtf8(name, query.endOffset) < 0) &&
          (query.pageToken === "" || compareUtf8(name, query.pageToken) > 0),
      )
      .toSorted(compareUtf8);
    const items: StoredObject[] = [];
    const prefixes: string[] = [];
    let last = "";
    for (const name of names) {
      const group = groupOf(name, query);
      if (group !== undefined && (group === prefixes.at(-1) || group === query.pageToken)) continue;
      const versions = this.#versions.get(name) ?? [];
      const shown = query.versions
        ? versions
        : versions.filter((version) => version.timeDeleted === undefined);
      if (shown.length === 0) continue;
      if (items.length + prefixes.length >= query.maxResults) return { items, prefixes, nextPageToken: last };
      if (group === undefined) items.push(...shown);
      else prefixes.push(group);
      last = group ?? name;
    }
    return { items, prefixes, nextPageToken: undefined };
  }

  get isEmpty(): boolean {
    return this.#versions.size === 0;
  }

  #retire(name: string, now: Date): void {
    const live = this.find(name);
    if (live === undefined) return;
    const older = (this.#versions.get(name) ?? []).filter((version) => version !== live);
    this.#keep(name, this.settings.versioning === true ? [...older, { ...live, timeDeleted: now }] : older);
  }

  #keep(name: string, versions: StoredObject[]): void {
    if (versions.length === 0) this.#versions.delete(name);
    else this.#versions.set(name, versions);
  }

  #now(): Date {
    return this.settings.now?.() ?? new Date();
  }

  /** Microseconds since 1970, as Google's look, and always more than the one before. */
  #nextGeneration(now: Date): bigint {
    const micros = BigInt(now.getTime()) * 1000n;
    this.#lastGeneration = micros > this.#lastGeneration ? micros : this.#lastGeneration + 1n;
    return this.#lastGeneration;
  }
}

function groupOf(name: string, query: ListQuery): string | undefined {
  if (query.delimiter === "") return undefined;
  const end = name.indexOf(query.delimiter, query.prefix.length);
  return end === -1 ? undefined : name.slice(0, end + query.delimiter.length);
}

function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
