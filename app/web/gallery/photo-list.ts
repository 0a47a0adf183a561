import { SignedOutError, messageOf } from "../api/failure.ts";
import type { PhotoJson, PhotoListJson } from "../api/photo-json.ts";
import { Store } from "../state/store.ts";

export interface PhotoListState {
  readonly photos: readonly PhotoJson[];
  readonly status: "idle" | "loading" | "failed" | "complete";
  /** Said to the person when `status` is `failed`. */
  readonly message: string;
}

export interface PhotoListOptions {
  readonly list: (cursor?: string) => Promise<PhotoListJson>;
  readonly onSignedOut: () => void;
}

/** The person's photos, newest first, as far as they have been read. */
export class PhotoList {
  readonly state = new Store<PhotoListState>({ photos: [], status: "idle", message: "" });
  readonly #options: PhotoListOptions;
  #cursor: string | undefined;

  constructor(options: PhotoListOptions) {
    this.#options = options;
  }

  /** Reads the next page; does nothing while one is being read and after the last. */
  async readMore(): Promise<void> {
    const { status } = this.state.value;
    if (status === "loading" || status === "complete") return;
    this.#set({ status: "loading" });
    try {
      const page = await this.#options.list(this.#cursor);
      this.#cursor = page.next_cursor ?? undefined;
      this.#set({
        photos: merge(this.state.value.photos, page.photos),
        status: this.#cursor === undefined ? "complete" : "idle",
      });
    } catch (error) {
      this.#set({ status: "failed", message: messageOf(error) });
      if (error instanceof SignedOutError) this.#options.onSignedOut();
    }
  }

  /** Puts a photo at its place, or replaces it. */
  add(photo: PhotoJson): void {
    this.#set({ photos: merge(this.state.value.photos, [photo]) });
  }

  remove(id: string): void {
    this.#set({ photos: this.state.value.photos.filter((photo) => photo.id !== id) });
  }

  #set(change: Partial<PhotoListState>): void {
    this.state.set({ ...this.state.value, ...change });
  }
}

/** The server's order: time of capture (of upload where unknown), then id, the newest first. */
function merge(known: readonly PhotoJson[], added: readonly PhotoJson[]): PhotoJson[] {
  const byId = new Map([...known, ...added].map((photo) => [photo.id, photo]));
  return [...byId.values()].toSorted((a, b) => compare(timeOf(b), timeOf(a)) || compare(b.id, a.id));
}

/** Comparable as text: both forms are ISO 8601 and begin alike. */
function timeOf({ taken_at, upload_date }: PhotoJson): string {
  return (taken_at ?? upload_date).slice(0, 19);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
