import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What makes an upload the same one after the page was left: whose it is, and the file with its content. */
export interface UploadIdentity {
  readonly personId: string;
  readonly filename: string;
  readonly contentType: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The part of the browser's `localStorage` that is used. */
export type KeyStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** The part of the browser's `navigator.locks` that is used. */
export interface KeyLocks {
  request<T>(
    name: string,
    options: { readonly ifAvailable: true },
    work: (lock: object | null) => Promise<T>,
  ): Promise<T>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

export interface KeptKeysOptions {
  /** Throws or gives null where the browser keeps nothing: keys then last as long as the page. */
  readonly storage: () => KeyStorage | null;
  /** Undefined where the browser has none: nothing is then taken up, as another tab might be sending it. */
  readonly locks: KeyLocks | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The key of one upload, while nobody else in this browser has it. */
export class HeldKey {
  #value: string;
  #isTakenUp: boolean;
  readonly #keep: (value: string | undefined) => void;

  /**
   * @param keep is told each value that is to be kept, and undefined for none @default nobody keeps it
   * @param isTakenUp whether an upload was begun under it before @default false
   */
  constructor(
    value: string,
    keep: (value: string | undefined) => void = () => undefined,
    isTakenUp: boolean = false,
  ) {
    this.#value = value;
    this.#keep = keep;
    this.#isTakenUp = isTakenUp;
    keep(value);
  }

  get value(): string {
    return this.#value;
  }

  /** Whether the service may have a place for it from before. */
  get isTakenUp(): boolean {
    return this.#isTakenUp;
  }

  /** The session under it is gone: another takes its place. */
  replace(): void {
    this.#isTakenUp = false;
    this.#value = crypto.randomUUID();
    this.#keep(this.#value);
  }

  /** The upload came to its end. */
  forget(): void {
    this.#isTakenUp = false;
    this.#keep(undefined);
  }
}

/** As long as the service keeps a place for an upload. */
const keptMilliseconds = 24 * 3600 * 1000;

const prefix = "imgstream.upload.";

/**
 * The keys of uploads under way, kept by the browser: after a reload the same file, chosen again, goes on where it
 * stopped. Beside the key, which is of use to nobody but the person it was made for, stands only when it was made, and a
 * sum of key and person, by which they find their own; the entry's name is a sum as well, so that neither persons nor
 * files can be read from it.
 */
export class KeptKeys {
  readonly #options: KeptKeysOptions;
  readonly #ofThisPage = new Map<string, string>();

  constructor(options: KeptKeysOptions) {
    this.#options = options;
    this.#harmlessly((storage) => this.#forgetExpired(storage));
  }

  /**
   * Does something with the key under which this upload was begun. One that is being sent elsewhere in this browser
   * has a key of its own, for two senders in one session would disturb each other.
   *
   * @param fresh is taken where the upload was not begun before
   */
  async hold<T>(identity: UploadIdentity, fresh: string, work: (key: HeldKey) => Promise<T>): Promise<T> {
    const { locks } = this.#options;
    if (locks === undefined) return await work(new HeldKey(fresh));
    const name = entryName(identity);
    let isAsked = false;
    const held = locks.request(name, { ifAvailable: true }, async (lock) => {
      isAsked = true;
      // Its own may be the one that is kept, which whoever has the lock goes on with.
      if (lock === null) return await work(new HeldKey(`${fresh}-beside`));
      const kept = this.#read(name);
      const keep = (key: string | undefined) => this.#keep(name, key, identity);
      return await work(new HeldKey(kept ?? fresh, keep, kept !== undefined));
    });
    try {
      return await held;
    } catch (error) {
      if (isAsked) throw error;
      // Where site data is blocked a browser has locks and refuses them.
      return await work(new HeldKey(fresh));
    }
  }

  /**
   * Forgets the key of an upload that is held no more.
   *
   * @returns false where another tab goes on with it, whose it is then
   */
  async giveUp(identity: UploadIdentity, key: string): Promise<boolean> {
    const { locks } = this.#options;
    if (locks === undefined) return true;
    const name = entryName(identity);
    const given = locks.request(name, { ifAvailable: true }, async (lock) => {
      // Of another key than the one that is kept nobody else knows.
      if (this.#read(name) !== key) return true;
      if (lock !== null) this.#keep(name, undefined, identity);
      return lock !== null;
    });
    // Where site data is blocked nothing was kept.
    return await given.catch(() => true);
  }

  /**
   * The entries of uploads that this person began and that are under way nowhere in this browser: what a page that was
   * left had not finished. Those that were dismissed are left out.
   */
  async findInterrupted(personId: string): Promise<readonly string[]> {
    const { locks } = this.#options;
    if (locks === undefined) return [];
    // Before it is asked what is under way: what is begun meanwhile is none of them.
    const found = this.#harmlessly((storage) =>
      entriesIn(storage).filter((name) => {
        const { key, mark } = this.#entry(storage, name) ?? {};
        return key !== undefined && mark === markOf(key, personId);
      }),
    );
    const { held } = await locks.query().catch((): { held?: undefined } => ({}));
    if (held === undefined) return [];
    const underWay = new Set(held.map(({ name }) => name));
    return this.stillKept((found ?? []).filter((name) => !underWay.has(name)));
  }

  /** Those of the entries whose uploads have not come to an end, and that the service still has a place for. */
  stillKept(names: readonly string[]): readonly string[] {
    const kept = this.#harmlessly((storage) =>
      names.filter((name) => this.#entry(storage, name)?.mark !== undefined),
    );
    return kept ?? [];
  }

  /** These are told as interrupted no more; they still go on where they stopped. */
  dismiss(names: readonly string[]): void {
    this.#harmlessly((storage) => {
      for (const name of names) {
        const { at, key } = this.#entry(storage, name) ?? {};
        if (key !== undefined) storage.setItem(name, `${at} ${key}`);
      }
    });
  }

  #read(name: string): string | undefined {
    return this.#ofThisPage.get(name) ?? this.#harmlessly((storage) => this.#entry(storage, name)?.key);
  }

  /** Undefined where there is none, or none that the service still has a place for. */
  #entry(storage: KeyStorage, name: string): Entry | undefined {
    const [at = "", key = "", mark] = (storage.getItem(name) ?? "").split(" ");
    const age = this.#options.now() - Number(at);
    return key !== "" && age >= 0 && age < keptMilliseconds ? { at: Number(at), key, mark } : undefined;
  }

  #keep(name: string, key: string | undefined, { personId }: UploadIdentity): void {
    if (key === undefined) this.#ofThisPage.delete(name);
    else this.#ofThisPage.set(name, key);
    this.#harmlessly((storage) => {
      if (key === undefined) {
        storage.removeItem(name);
        return;
      }
      // The time of an entry stays that of its first attempt: the service's place for it ends by that.
      const before = this.#entry(storage, name);
      const at = before?.key === key ? before.at : this.#options.now();
      storage.setItem(name, `${at} ${key} ${markOf(key, personId)}`);
    });
  }

  #forgetExpired(storage: KeyStorage): void {
    for (const name of entriesIn(storage)) {
      if (this.#entry(storage, name) === undefined) storage.removeItem(name);
    }
  }

  /** A browser that keeps nothing, or no more, costs only the going on after a reload. */
  #harmlessly<T>(work: (storage: KeyStorage) => T): T | undefined {
    try {
      const storage = this.#options.storage();
      return storage === null ? undefined : work(storage);
    } catch {
      return undefined;
    }
  }
}

interface Entry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly key: string;
  /** Undefined for one that was dismissed. */
  readonly mark: string | undefined;
}

function entriesIn(storage: KeyStorage): readonly string[] {
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  return names.filter((name) => name !== null).filter((name) => name.startsWith(prefix));
}

/** Of no two keys the same: two entries do not tell that they are one person's. */
function markOf(key: string, personId: string): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([key, personId])))).slice(0, 16);
}

function entryName({ personId, filename, contentType, sha256: content }: UploadIdentity): string {
  const words = JSON.stringify([personId, filename, contentType, content]);
  return `${prefix}${bytesToHex(sha256(utf8ToBytes(words)))}`;
}
