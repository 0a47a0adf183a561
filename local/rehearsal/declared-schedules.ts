import { request as openRequest } from "node:http";
import { nextTime } from "../google-apis/cron.ts";
import {
  isObject,
  type JsonObject,
  objectAt,
  readJsonText,
  shown,
  textAt,
} from "../google-apis/engine/json.ts";
import type { Resource } from "../google-apis/engine/state.ts";
import type { World } from "../google-apis/engine/world.ts";
import { signIdToken } from "../google-apis/iam-credentials.ts";
import { attemptSeconds, pauseSeconds } from "../google-apis/schedule-retry.ts";
import type { Containers } from "./containers.ts";
import { runRefusal, serviceAt } from "./run-admission.ts";

export interface DeclaredSchedulesOptions {
  readonly world: World;
  readonly containers: Pick<Containers, "originOf">;
  /** Where Google's APIs are answered: `http://127.0.0.1:PORT`. */
  readonly apiOrigin: string;
  /** What the clock shows at first. @default now */
  readonly from?: Date;
}

/** One attempt of a schedule to do what it is declared for. */
export interface Attempt {
  /** The job's name: `projects/imgstream-dev/locations/europe-west1/jobs/imgstream-maintenance`. */
  readonly job: string;
  /** When, by this clock. */
  readonly at: Date;
  /** 1 for the first, at the scheduled time; more for what is repeated. */
  readonly attempt: number;
  /** Why it failed; undefined where the target took it. */
  readonly fault: string | undefined;
  /** What the target said. */
  readonly reply: JsonObject;
}

interface Pending {
  readonly at: Date;
  readonly failed: number;
  readonly began: Date;
}

interface Answered {
  readonly fault?: string;
  readonly reply?: JsonObject;
}

/**
 * What the declared jobs of Cloud Scheduler do when their time comes: send the declared request with a token of the
 * declared account, and again after the declared pauses while it fails. The clock stands still until it is moved, so
 * that no rehearsal depends on the hour in which it happens to be held.
 */
export class DeclaredSchedules {
  readonly #options: DeclaredSchedulesOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #ending = new AbortController();
  #now: Date;
  /** Why what was due was not done, in words. */
  readonly faults: string[] = [];

  constructor(options: DeclaredSchedulesOptions) {
    this.#options = options;
    this.#now = options.from ?? new Date();
    // `gcloud scheduler jobs run`: at once, whatever the clock shows.
    options.world.watchForcedRuns((job) => void this.#attempt(job));
  }

  /** What the clock shows. */
  get now(): Date {
    return this.#now;
  }

  /** Sets the clock, back or forth: nothing that would have been due in between is done. */
  turnTo(time: Date): void {
    this.#pending.clear();
    this.#now = time;
  }

  /** Ends what is under way. */
  close(): void {
    this.#ending.abort();
  }

  /** When a job is due next, retries included; undefined where it is paused or its schedule never comes. */
  nextOf(job: Resource): Date | undefined {
    if (job.body["state"] === "PAUSED") return undefined;
    const scheduled = nextTime(textAt(job.body, "schedule"), textAt(job.body, "timeZone"), this.#now);
    // While an attempt is to be repeated, the next scheduled one waits for it.
    return this.#pending.get(job.name)?.at ?? scheduled;
  }

  /** Moves the clock on, and does all that is due on the way, in order. @returns every attempt that was made */
  async advance(milliseconds: number): Promise<Attempt[]> {
    const end = new Date(this.#now.getTime() + milliseconds);
    const attempts: Attempt[] = [];
    for (;;) {
      const due = this.#dueUntil(end);
      if (due === undefined || this.#ending.signal.aborted) break;
      this.#now = due.at;
      attempts.push(...(await Promise.all(due.jobs.map((job) => this.#attempt(job)))));
    }
    this.#now = end;
    return attempts;
  }

  /** The jobs whose time comes next, all of the same moment. */
  #dueUntil(end: Date): { readonly at: Date; readonly jobs: readonly Resource[] } | undefined {
    const times = this.#options.world.state
      .all({ collection: "cloudscheduler.projects.locations.jobs" })
      .flatMap((job) => {
        const at = this.nextOf(job);
        return at === undefined || at > end ? [] : [{ job, at }];
      });
    const first = Math.min(...times.map(({ at }) => at.getTime()));
    if (!Number.isFinite(first)) return undefined;
    const jobs = times.filter(({ at }) => at.getTime() === first).map(({ job }) => job);
    return { at: new Date(first), jobs };
  }

  async #attempt(job: Resource): Promise<Attempt> {
    const at = this.#now;
    const before = this.#pending.get(job.name) ?? { failed: 0, began: at };
    this.#pending.delete(job.name);
    const { fault, reply = {} } = await this.#send(job.body).catch((error: unknown): Answered => ({
      fault: error instanceof Error ? error.message : String(error),
    }));
    const attempt = before.failed + 1;
    if (fault !== undefined) {
      this.faults.push(`${job.name}, attempt ${attempt}: ${fault}`);
      const sinceFirst = (at.getTime() - before.began.getTime()) / 1000;
      const pause = pauseSeconds(objectAt(job.body, "retryConfig"), attempt, sinceFirst);
      if (pause === undefined) this.faults.push(`${job.name} gave up after ${attempt} attempts`);
      else {
        const again = new Date(at.getTime() + pause * 1000);
        this.#pending.set(job.name, { at: again, failed: attempt, began: before.began });
      }
    }
    // 0 is OK, 2 UNKNOWN: what the console shows beside the job.
    const status = fault === undefined ? {} : { code: 2, message: fault };
    job.body = { ...job.body, lastAttemptTime: at.toISOString(), status };
    return { job: job.name, at, attempt, fault, reply };
  }

  async #send(job: JsonObject): Promise<Answered> {
    const target = objectAt(job, "httpTarget");
    if (target["uri"] === undefined) return { fault: "only HTTP targets are rehearsed" };
    const uri = new URL(textAt(target, "uri"));
    const way = this.#wayTo(uri, target);
    if (typeof way === "string") return { fault: way };
    const headers = Object.entries(objectAt(target, "headers")).map(([name, value]) => [name, shown(value)]);
    const { status, text } = await ask({
      origin: way.origin,
      uri,
      method: textAt(target, "httpMethod"),
      headers: { ...Object.fromEntries(headers), ...way.headers, host: uri.host },
      body: Buffer.from(textAt(target, "body"), "base64"),
      signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(attemptSeconds(job) * 1000)]),
    });
    if (status < 200 || status >= 300) {
      return { fault: `${uri.href} answered ${status}: ${text.slice(0, 300)}` };
    }
    const reply = readJsonText(text);
    return isObject(reply) ? { reply } : {};
  }

  /** Where an address leads here, and what proves who asks; why it leads nowhere, in words. */
  #wayTo(uri: URL, target: JsonObject): { origin: string; headers: Record<string, string> } | string {
    const { world, containers, apiOrigin } = this.#options;
    if (uri.hostname.endsWith(".googleapis.com")) {
      const account = textAt(target, "oauthToken.serviceAccountEmail");
      if (account === "") return { origin: apiOrigin, headers: {} };
      const token = world.tokens.issue(`serviceAccount:${account}`);
      return { origin: apiOrigin, headers: { authorization: `Bearer ${token}` } };
    }
    const service = serviceAt(world, uri.origin);
    if (service === undefined) return `${uri.href} is neither Google's nor a Cloud Run service's`;
    const account = textAt(target, "oidcToken.serviceAccountEmail");
    const audience = textAt(target, "oidcToken.audience") || uri.href;
    const refusal = runRefusal(world, service, account, audience);
    if (refusal !== undefined) return refusal;
    const origin = containers.originOf(service.name);
    if (origin === undefined) return `${service.name} is not ready`;
    const token = signIdToken(world, account, audience, true);
    return { origin, headers: { authorization: `Bearer ${token}` } };
  }
}

interface Sent {
  readonly origin: string;
  readonly uri: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** `fetch` would not send another host's name. */
function ask({
  origin,
  uri,
  method,
  headers,
  body,
  signal,
}: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = openRequest(
      new URL(uri.pathname + uri.search, origin),
      { method, headers: { ...headers, "content-length": String(body.length) }, signal },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
