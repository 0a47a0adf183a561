import { AsyncLocalStorage } from "node:async_hooks";
import { tokenOf } from "./token.ts";

/**
 * What one client has seen of people's catalogs, over however many requests and instances: within a session no answer
 * is older than one before it, its own changes included.
 */
export class Session {
  readonly #seen = new Map<string, number>();

  /** Number of the newest entry that the client knows of; 0 for none. */
  seen(userId: string): number {
    return this.#seen.get(userId) ?? 0;
  }

  see(userId: string, sequence: number): void {
    if (sequence > this.seen(userId)) this.#seen.set(userId, sequence);
  }

  /** What the client gives with its next request; undefined where it has seen nothing of this person. */
  tokenOf(userId: string): string | undefined {
    return this.#seen.has(userId) ? tokenOf(userId, this.seen(userId)) : undefined;
  }
}

const sessions = new AsyncLocalStorage<Session>();

/** The work, and whatever it starts, asks and changes catalogs as part of the session. */
export function withinSession<R>(session: Session, work: () => R): R {
  return sessions.run(session, work);
}

export function currentSession(): Session | undefined {
  return sessions.getStore();
}
