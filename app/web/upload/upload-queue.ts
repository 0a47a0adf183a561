import { RefusedError, SignedOutError, UnreachableError, messageOf } from "../api/failure.ts";
import { secondsToWait } from "../api/pacing.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { Store } from "../state/store.ts";

export type UploadState =
  | { readonly kind: "waiting" }
  /** `fraction`: what has left this device, 0 to 1. At 1 the service is at work on it. */
  | { readonly kind: "sending"; readonly fraction: number }
  /** Not now, but by itself in a moment. */
  | { readonly kind: "retrying" }
  | { readonly kind: "done"; readonly photo: PhotoJson }
  /** The same photo is here already, perhaps in the trash. */
  | { readonly kind: "duplicate"; readonly photo: PhotoJson }
  /** `canRetry`: the same file may be taken another time. */
  | { readonly kind: "failed"; readonly message: string; readonly canRetry: boolean };

export interface Upload {
  readonly id: string;
  readonly file: File;
  readonly state: UploadState;
}

export interface SentPhoto {
  readonly photo: PhotoJson;
  /** False where the same photo was here before. */
  readonly isNew: boolean;
}

export interface SendOptions {
  /** The same for every attempt at this file: the service takes it once at most. */
  readonly idempotencyKey: string;
  readonly onProgress: (fraction: number) => void;
  /** Given once a person takes the file out before it became a photo, after its last attempt as well. */
  readonly signal: AbortSignal;
  /**
   * Takes a step, and again after a pause where it met a fault that passes.
   *
   * @throws the step's last fault; the signal's reason once it is given
   */
  readonly repeat: <T>(step: () => Promise<T>) => Promise<T>;
}

export interface UploadQueueOptions {
  readonly send: (file: File, options: SendOptions) => Promise<SentPhoto>;
  /** Resolves later; the page's own timer. */
  readonly wait: (seconds: number) => Promise<void>;
  /** A photo that is not in the trash, new or not. */
  readonly onAdded: (photo: PhotoJson) => void;
  /** The session has ended: the queue stands still until `resume`. */
  readonly onSignedOut: () => void;
  /** Files that are larger are refused without being sent. */
  readonly maximumBytes: number;
  /** @default 3 */
  readonly atOnce?: number;
}

/** How often a passing fault is met by trying again before a person is asked. */
const attempts = 6;

/**
 * The files that are to be uploaded, a few at once, in the order in which they were chosen. Faults that pass are
 * tried again with growing pauses; nothing leaves the queue unsaid.
 */
export class UploadQueue {
  readonly uploads = new Store<readonly Upload[]>([]);
  readonly #options: UploadQueueOptions;
  readonly #running = new Set<string>();
  /** Of each file that was ever begun. */
  readonly #stops = new Map<string, AbortController>();
  #isPaused = false;
  /** There were too many requests: nothing is begun until this is settled. */
  #held: Promise<void> | undefined;

  constructor(options: UploadQueueOptions) {
    this.#options = options;
  }

  add(files: Iterable<File>): void {
    const added = [...files].map((file) => ({
      id: crypto.randomUUID(),
      file,
      state: this.#firstState(file),
    }));
    this.uploads.set([...this.uploads.value, ...added]);
    this.#fill();
  }

  retry(id: string): void {
    this.#change(id, { kind: "waiting" });
    this.#fill();
  }

  /** Takes one out, cancelling what was begun of it. */
  remove(id: string): void {
    this.#takeOut((upload) => upload.id === id);
  }

  /** Takes everything out that has come to its end. */
  clearFinished(): void {
    this.#takeOut(({ state }) => !isUnfinished(state));
  }

  /** A duplicate was taken out of the trash. */
  noteRestored(photo: PhotoJson): void {
    this.uploads.set(
      this.uploads.value.map((upload) =>
        upload.state.kind === "duplicate" && upload.state.photo.id === photo.id
          ? { ...upload, state: { kind: "duplicate", photo: { ...photo, deleted_at: null } } }
          : upload,
      ),
    );
  }

  /** A photo is gone for good: nothing is left of it to be shown or brought back. */
  noteDeleted(photoId: string): void {
    this.#takeOut(({ state }) => "photo" in state && state.photo.id === photoId);
  }

  /** A photo that was uploaded has its pictures now. */
  noteSettled(photo: PhotoJson): void {
    this.uploads.set(
      this.uploads.value.map((upload) =>
        "photo" in upload.state && upload.state.photo.id === photo.id
          ? { ...upload, state: { ...upload.state, photo } }
          : upload,
      ),
    );
  }

  /** Goes on after signing in again. */
  resume(): void {
    this.#isPaused = false;
    this.#fill();
  }

  #takeOut(isOut: (upload: Upload) => boolean): void {
    const out = this.uploads.value.filter(isOut);
    this.uploads.set(this.uploads.value.filter((upload) => !out.includes(upload)));
    for (const { id, state } of out) {
      if (!("photo" in state)) this.#stops.get(id)?.abort();
      this.#stops.delete(id);
    }
  }

  #firstState({ size }: File): UploadState {
    if (size === 0) return { kind: "failed", message: "This file is empty.", canRetry: false };
    if (size <= this.#options.maximumBytes) return { kind: "waiting" };
    const limit = Math.floor(this.#options.maximumBytes / 1024 / 1024);
    const message = `This file has ${Math.ceil(size / 1024 / 1024)} MB; one photo may have ${limit} MB.`;
    return { kind: "failed", message, canRetry: false };
  }

  #fill(): void {
    const free = (this.#options.atOnce ?? 3) - this.#running.size;
    if (this.#isPaused || this.#held !== undefined || free <= 0) return;
    const waiting = this.uploads.value.filter(
      ({ id, state }) => state.kind === "waiting" && !this.#running.has(id),
    );
    for (const upload of waiting.slice(0, free)) void this.#run(upload);
  }

  async #run(upload: Upload): Promise<void> {
    const { id } = upload;
    const stopping = this.#stops.get(id) ?? new AbortController();
    this.#stops.set(id, stopping);
    this.#running.add(id);
    try {
      this.#change(id, await this.#send(upload, stopping.signal));
    } catch (error) {
      if (error instanceof SignedOutError) {
        this.#isPaused = true;
        this.#change(id, { kind: "waiting" });
        this.#options.onSignedOut();
      } else if (!stopping.signal.aborted) {
        this.#change(id, { kind: "failed", message: messageOf(error), canRetry: isWorthRetrying(error) });
      }
    } finally {
      this.#running.delete(id);
      this.#fill();
    }
  }

  async #send({ id, file }: Upload, signal: AbortSignal): Promise<UploadState> {
    this.#change(id, { kind: "sending", fraction: 0 });
    const { photo, isNew } = await this.#options.send(file, {
      idempotencyKey: id,
      onProgress: (fraction) => this.#change(id, { kind: "sending", fraction }),
      signal,
      repeat: (step) => this.#repeat(id, signal, step),
    });
    if (photo.deleted_at === null) this.#options.onAdded(photo);
    return { kind: isNew ? "done" : "duplicate", photo };
  }

  async #repeat<T>(id: string, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
    let attempt = 1;
    for (;;) {
      try {
        return await step();
      } catch (error) {
        const pace = secondsToWait(error);
        if (pace === undefined && (!isPassing(error) || attempt >= attempts)) throw error;
        if (signal.aborted) throw error;
        this.#change(id, { kind: "retrying" });
        if (pace === undefined) {
          const asked = error instanceof RefusedError ? error.retryAfterSeconds : undefined;
          await unlessAborted(signal, this.#options.wait(asked ?? Math.min(2 ** (attempt - 1), 15)));
          attempt += 1;
        } else {
          // No fault: of many photos each may meet it, as often as it takes.
          await unlessAborted(signal, this.#hold(pace));
        }
        this.#change(id, { kind: "sending", fraction: 0 });
      }
    }
  }

  /** The limit is the person's and not one file's: all of them wait, once. */
  #hold(seconds: number): Promise<void> {
    this.#held ??= this.#options.wait(seconds).finally(() => {
      this.#held = undefined;
      this.#fill();
    });
    return this.#held;
  }

  #change(id: string, state: UploadState): void {
    this.uploads.set(this.uploads.value.map((upload) => (upload.id === id ? { ...upload, state } : upload)));
  }
}

export function isUnfinished({ kind }: UploadState): boolean {
  return kind === "waiting" || kind === "sending" || kind === "retrying";
}

/** @throws the signal's reason, as soon as it is given */
async function unlessAborted(signal: AbortSignal, pause: Promise<void>): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([pause, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof RefusedError && error.isPassing);
}

/** A refusal of the file itself stays one; everything else may have been bad luck. */
function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof RefusedError) || error.isPassing || error.status >= 500;
}
