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
  readonly #keep: (value: string | undefined) => void;

  /** @param keep is told each value that is to be kept, and undefined for none @default nobody keeps it */
  constructor(value: string, keep: (value: string | undefined) => void = () => undefined) {
    this.#value = value;
    this.#keep = keep;
    keep(value);
  }

  get value(): string {
    return this.#value;
  }

  /** The session under it is gone: another takes its place. */
  replace(): void {
    this.#value = crypto.randomUUID();
    this.#keep(this.#value);
  }

  /** The upload came to its end. */
  forget(): void {
    this.#keep(undefined);
  }
}

/** As long as the service keeps a place for an upload. */
const keptMilliseconds = 24 * 3600 * 1000;

const prefix = "imgstream.upload.";

/**
 * The keys of uploads under way, kept by the browser: after a reload the same file, chosen again, goes on where it
 * stopped. Beside the key, which is of use to nobody but the person it was made for, stands only when it was made;
 * the entry's name is a sum, so that neither persons nor files can be read from it.
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
    return await locks.request(name, { ifAvailable: true }, async (lock) => {
      // Its own may be the one that is kept, which whoever has the lock goes on with.
      if (lock === null) return await work(new HeldKey(`${fresh}-beside`));
      return await work(new HeldKey(this.#read(name) ?? fresh, (key) => this.#keep(name, key)));
    });
  }

  #read(name: string): string | undefined {
    return this.#ofThisPage.get(name) ?? this.#harmlessly((storage) => this.#readEntry(storage, name));
  }

  /** Undefined where there is none, or none that the service still has a place for. */
  #readEntry(storage: KeyStorage, name: string): string | undefined {
    const [at = "", key = ""] = (storage.getItem(name) ?? "").split(" ");
    const age = this.#options.now() - Number(at);
    return key !== "" && age >= 0 && age < keptMilliseconds ? key : undefined;
  }

  #keep(name: string, key: string | undefined): void {
    if (key === undefined) this.#ofThisPage.delete(name);
    else this.#ofThisPage.set(name, key);
    this.#harmlessly((storage) => {
      if (key === undefined) storage.removeItem(name);
      // The time of an entry stays that of its first attempt: the service's place for it ends by that.
      else if (this.#readEntry(storage, name) !== key) storage.setItem(name, `${this.#options.now()} ${key}`);
    });
  }

  #forgetExpired(storage: KeyStorage): void {
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
    for (const name of names) {
      if (name?.startsWith(prefix) === true && this.#readEntry(storage, name) === undefined)
        storage.removeItem(name);
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

function entryName({ personId, filename, contentType, sha256: content }: UploadIdentity): string {
  const words = JSON.stringify([personId, filename, contentType, content]);
  return `${prefix}${bytesToHex(sha256(utf8ToBytes(words)))}`;
}
