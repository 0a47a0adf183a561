import type { Redis } from "ioredis";
import type { RedisAddress } from "./redis-address.ts";
import { DeadlineExceededError, withDeadline } from "../deadline.ts";

/** Lua of one key, run in Redis as one step. */
export type RedisScript = string;

export interface RedisLinkOptions {
  readonly address: RedisAddress;
  readonly scripts: readonly RedisScript[];
  /** Told once for each change, and each time that it has lasted so long again (`reminderMilliseconds`). */
  readonly onState: (state: RedisState) => void;
  readonly times?: Partial<RedisTimes>;
}

export interface RedisState {
  readonly isHere: boolean;
  /** Why it is not. */
  readonly cause?: unknown;
}

export interface RedisTimes {
  /** A command that takes longer is not waited for; until something is heard again nothing more is asked. @default 100 */
  readonly commandMilliseconds: number;
  /** Silent for so long after that, the connection is given up. @default 1000 */
  readonly silenceMilliseconds: number;
  /** For connecting, TLS, the password, and a first write. @default 2000 */
  readonly connectMilliseconds: number;
  /** The first pause before connecting again; each is twice the last, by chance a half shorter. @default 250 */
  readonly firstPauseMilliseconds: number;
  /** The longest pause. @default 30,000 */
  readonly longestPauseMilliseconds: number;
  /** Pauses begin anew once it has been here so long. @default 60,000 */
  readonly steadyMilliseconds: number;
  /** How often it is said again that it is away. @default 300,000 */
  readonly reminderMilliseconds: number;
}

const defaultTimes: RedisTimes = {
  commandMilliseconds: 100,
  silenceMilliseconds: 1_000,
  connectMilliseconds: 2_000,
  firstPauseMilliseconds: 250,
  longestPauseMilliseconds: 30_000,
  steadyMilliseconds: 60_000,
  reminderMilliseconds: 300_000,
};

/** Beyond these nothing more is asked until some are answered: as many requests as an instance serves at once. */
const mostUnderWay = 200;

/** Every key of this service's begins so. */
export const keyPrefix = "imgstream:";

/**
 * The connection to Redis, which may be gone at any time: whoever asks gets an answer within 100 ms, or is told that
 * there is none and does without. Nothing waits in a queue: after a slow answer nothing more is asked until it is there.
 * After silence and any fault, an error reply included (full, a replica, still loading), the connection is let go, and
 * made anew after growing pauses.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #times: RedisTimes;
  /** Defined: connected, and a write has been answered. */
  #redis: Redis | undefined;
  readonly #digests = new Map<RedisScript, string>();
  #underWay = 0;
  #pause: number;
  #hereSince = 0;
  #told: { readonly isHere: boolean; readonly at: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ends the connection unless something is heard before. */
  #doubt: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#times = { ...defaultTimes, ...options.times };
    this.#pause = this.#times.firstPauseMilliseconds;
  }

  /** Begins to connect, and goes on with it until closed; nobody needs to wait for it. */
  open(): void {
    if (this.#timer === undefined && this.#redis === undefined) this.#connectAfter(0);
  }

  /** Whether asking is worth while. */
  get isHere(): boolean {
    return this.#redis !== undefined && this.#doubt === undefined;
  }

  /**
   * Runs a script that the link was made with. Never rejects, and takes no longer than a command may.
   *
   * @returns undefined where Redis is away, or went away over it
   */
  async run(script: RedisScript, key: string, ...values: readonly number[]): Promise<unknown> {
    const redis = this.#redis;
    const digest = this.#digests.get(script);
    if (redis === undefined || digest === undefined || !this.isHere || this.#underWay >= mostUnderWay) {
      return undefined;
    }
    this.#underWay += 1;
    try {
      const answer = redis.evalsha(digest, 1, keyPrefix + key, ...values).finally(() => this.#hear(redis));
      return await withDeadline(answer, this.#times.commandMilliseconds);
    } catch (error) {
      if (error instanceof DeadlineExceededError) this.#suspect(redis, error);
      else this.#lose(redis, error);
      return undefined;
    } finally {
      this.#underWay -= 1;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#doubt);
    this.#redis?.disconnect();
    this.#redis = undefined;
  }

  #connectAfter(milliseconds: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#connect(), milliseconds);
  }

  async #connect(): Promise<void> {
    let redis: Redis | undefined;
    try {
      redis = await openRedis(this.#options.address, this.#times.connectMilliseconds);
      await withDeadline(this.#prepare(redis), this.#times.connectMilliseconds);
    } catch (error) {
      redis?.disconnect();
      this.#tell(false, error);
      this.#retryLater();
      return;
    }
    if (this.#isClosed) return redis.disconnect();
    const connected = redis;
    let cause: unknown = new Error("the connection ended");
    connected.on("error", (error) => (cause = error));
    connected.once("end", () => this.#lose(connected, cause));
    this.#redis = connected;
    this.#hereSince = performance.now();
    this.#tell(true);
  }

  /** A replica, a full one and one that is still loading answer a reading and refuse to write. */
  async #prepare(redis: Redis): Promise<void> {
    await redis.set(`${keyPrefix}probe`, 1, "PX", 1_000);
    for (const script of this.#options.scripts) {
      this.#digests.set(script, String(await redis.script("LOAD", script)));
    }
  }

  #suspect(redis: Redis, cause: unknown): void {
    if (this.#redis !== redis) return;
    this.#doubt ??= setTimeout(() => this.#lose(redis, cause), this.#times.silenceMilliseconds);
  }

  #hear(redis: Redis): void {
    if (this.#redis !== redis) return;
    clearTimeout(this.#doubt);
    this.#doubt = undefined;
  }

  #lose(redis: Redis, cause: unknown): void {
    if (this.#redis !== redis) return;
    this.#redis = undefined;
    clearTimeout(this.#doubt);
    this.#doubt = undefined;
    redis.disconnect();
    if (performance.now() - this.#hereSince >= this.#times.steadyMilliseconds) {
      this.#pause = this.#times.firstPauseMilliseconds;
    }
    this.#tell(false, cause);
    this.#retryLater();
  }

  #retryLater(): void {
    // By chance shorter, so that not all instances come back in the same moment.
    this.#connectAfter(this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, this.#times.longestPauseMilliseconds);
  }

  #tell(isHere: boolean, cause?: unknown): void {
    const now = performance.now();
    const isNews = this.#told?.isHere !== isHere;
    const isReminder = !isHere && now - (this.#told?.at ?? now) >= this.#times.reminderMilliseconds;
    if (this.#isClosed || !(isNews || isReminder)) return;
    this.#told = { isHere, at: now };
    this.#options.onState(isHere ? { isHere } : { isHere, cause });
  }
}

/** Resolves to a connection that is open, encrypted where it must be, and let in. Its own retries are off. */
async function openRedis(address: RedisAddress, milliseconds: number): Promise<Redis> {
  // In a bundle a package of CommonJS has its default alone.
  const { default: ioredis } = await import("ioredis");
  const { host, port, password, certificates } = address;
  const redis = new ioredis.Redis({
    host,
    port,
    ...(password !== undefined && { password }),
    // Memorystore's authority is of this one instance, and what it signs names no address that could be compared:
    // https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption
    ...(certificates !== undefined && { tls: { ca: certificates, checkServerIdentity: () => undefined } }),
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    connectTimeout: milliseconds,
  });
  let cause: unknown;
  redis.on("error", (error) => (cause = error));
  try {
    await withDeadline(redis.connect(), milliseconds);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw cause ?? error;
  }
}
