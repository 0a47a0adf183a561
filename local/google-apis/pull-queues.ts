import { type JsonObject, textAt } from "./engine/json.ts";

interface Held {
  readonly message: JsonObject;
  /** Names this delivery of it; another one each time. */
  ackId: string;
  /** Until when nobody else gets it, in milliseconds since 1970. */
  leasedUntil: number;
  attempts: number;
}

/** What waits in subscriptions that are pulled, in the order in which it was published. */
export class PullQueues {
  readonly #queues = new Map<string, Held[]>();
  readonly #now: () => number;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  put(subscription: string, message: JsonObject): void {
    const queue = this.#queues.get(subscription) ?? [];
    queue.push({ message, ackId: "", leasedUntil: 0, attempts: 0 });
    this.#queues.set(subscription, queue);
  }

  /** How many wait, those that somebody holds included. */
  sizeOf(subscription: string): number {
    return this.#queues.get(subscription)?.length ?? 0;
  }

  /** As many as are free, up to `most`; nobody else gets them for so long. */
  pull(subscription: string, most: number, leaseSeconds: number): JsonObject[] {
    const now = this.#now();
    const free = (this.#queues.get(subscription) ?? []).filter(({ leasedUntil }) => leasedUntil <= now);
    return free.slice(0, most).map((held) => {
      this.#count += 1;
      held.ackId = `ack-${this.#count}`;
      held.leasedUntil = now + leaseSeconds * 1000;
      held.attempts += 1;
      return { ackId: held.ackId, message: held.message, deliveryAttempt: held.attempts };
    });
  }

  /** Takes out what is named; a name that is not valid any more does nothing. */
  acknowledge(subscription: string, ackIds: readonly string[]): void {
    const now = this.#now();
    const left = (this.#queues.get(subscription) ?? []).filter(
      ({ ackId, leasedUntil }) => leasedUntil <= now || !ackIds.includes(ackId),
    );
    this.#queues.set(subscription, left);
  }

  /** Holds what is named for so long from now; 0 gives it back at once. */
  extend(subscription: string, ackIds: readonly string[], seconds: number): void {
    for (const held of this.#queues.get(subscription) ?? []) {
      if (ackIds.includes(held.ackId)) held.leasedUntil = this.#now() + seconds * 1000;
    }
  }
}

/** Whether messages wait there for somebody to pull them: nothing else takes them. */
export function isPulled(subscription: JsonObject): boolean {
  return (
    textAt(subscription, "pushConfig.pushEndpoint") === "" &&
    textAt(subscription, "bigqueryConfig.table") === "" &&
    textAt(subscription, "cloudStorageConfig.bucket") === ""
  );
}
