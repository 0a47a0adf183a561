import { OutcomeUnknownError, StoreUnavailableError } from "../../../app/storage/object-store.ts";
import type { CopyingStore, ObjectStore } from "../../../app/storage/object-store.ts";
import type { UploadSessions } from "../../../app/uploads/upload-sessions.ts";

/** What happens at one step of an upload. */
export interface Interruption {
  /** Counted from 0 over all that is asked of stores and sessions. */
  readonly step: number;
  /** Before it takes effect, or after it and before anybody hears of it. */
  readonly when: "before" | "after";
  /**
   * - `kill`: the process is gone: it asks nothing more of anybody, not even to tidy up.
   * - `fault`: the store does not answer this once; the process goes on.
   * - `halt`: the process stands still there and says so, for another to end it.
   * - `pause`: it stands still there, and goes on once something else has happened.
   */
  readonly how: "kill" | "fault" | "halt" | "pause";
}

/** What a killed process would have asked for next. */
export class KilledError extends Error {}

/** The steps of one process, one of which may be its last. */
export class Steps {
  /** What was asked for, in this order. */
  readonly names: string[] = [];
  readonly #interruption: Interruption | undefined;
  #isDead = false;
  #hasHappened = false;

  readonly #halt: (name: string) => Promise<unknown>;

  /** @param halt is told where the process stands still, and resolves when it may go on */
  constructor(interruption?: Interruption, halt?: (name: string) => Promise<unknown>) {
    this.#interruption = interruption;
    this.#halt = halt ?? ((name) => Promise.reject(new Error(`nobody waits at ${name}`)));
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get hasHappened(): boolean {
    return this.#hasHappened;
  }

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new KilledError(name);
    const step = this.names.push(name) - 1;
    if (this.#interruption?.step !== step) return await work();
    const { when, how } = this.#interruption;
    if (how === "pause") return await this.#pause(name, when, work);
    if (when === "after") await work();
    this.#hasHappened = true;
    if (how === "halt") await this.#halt(name);
    this.#isDead = how === "kill";
    if (how === "kill") throw new KilledError(name);
    throw when === "after" ? new OutcomeUnknownError(name) : new StoreUnavailableError(name);
  }

  async #pause<T>(name: string, when: Interruption["when"], work: () => Promise<T>): Promise<T> {
    this.#hasHappened = true;
    if (when === "before") await this.#halt(name);
    const outcome = await work();
    if (when === "after") await this.#halt(name);
    return outcome;
  }
}

/** What a store that is taken step by step stands before. */
const behind = new WeakMap<ObjectStore, ObjectStore>();

/** @param isRead whether what is read counts as a step as well */
export function stepByStep(store: CopyingStore, label: string, steps: Steps, isRead: boolean): CopyingStore {
  const read = <T>(name: string, work: () => Promise<T>) =>
    isRead || steps.isDead ? steps.take(`${label} ${name}`, work) : work();
  const stepped: CopyingStore = {
    put: (name, body, options) =>
      steps.take(`${label} put ${kindOf(name)}`, () => store.put(name, body, options)),
    copy: (source, name, options) => {
      // Stores of one kind know each other.
      const from = { ...source, store: behind.get(source.store) ?? source.store };
      return steps.take(`${label} copy ${kindOf(name)}`, () => store.copy(from, name, options));
    },
    delete: (name, options) =>
      steps.take(`${label} delete ${kindOf(name)}`, () => store.delete(name, options)),
    read: (name) => read(`read ${kindOf(name)}`, () => store.read(name)),
    openRead: (name, range) => read(`open ${kindOf(name)}`, () => store.openRead(name, range)),
    stat: (name) => read(`stat ${kindOf(name)}`, () => store.stat(name)),
    list: (prefix, options) => store.list(prefix, options),
  };
  behind.set(stepped, store);
  return stepped;
}

export function sessionsStepByStep<S extends UploadSessions>(sessions: S, steps: Steps): S {
  return Object.assign(Object.create(sessions), {
    open: (session) => steps.take("session open", () => sessions.open(session)),
    offset: (name, sizeBytes) => steps.take("session offset", () => sessions.offset(name, sizeBytes)),
    remove: (name) => steps.take("session remove", () => sessions.remove(name)),
  } satisfies Partial<UploadSessions>);
}

/** Whether a step changes nothing: a process that is killed there leaves what one leaves that is killed at the next. */
export function isLooking(name: string): boolean {
  return /^\w+ (?:open|stat|read) /.test(name) || name === "session offset";
}

function kindOf(name: string): string {
  return name.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d{12}/g, "…");
}
