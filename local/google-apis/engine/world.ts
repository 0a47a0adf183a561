import { StorageStandIn } from "../storage/storage-stand-in.ts";
import { isAllowed } from "./access.ts";
import { Accounts } from "./accounts.ts";
import { CallLog } from "./call-log.ts";
import { type JsonObject, textAt } from "./json.ts";
import { Identifiers } from "./identifiers.ts";
import { Operations } from "./operations.ts";
import { isPulled, PullQueues } from "../pull-queues.ts";
import { Policies } from "./policies.ts";
import { type Project, Projects } from "./projects.ts";
import { noRuntime, type Runtime } from "./runtime.ts";
import { signingKey } from "./signing-key.ts";
import { type Resource, State } from "./state.ts";
import { Tokens } from "./tokens.ts";

export interface WorldOptions {
  /** Projects that exist, with their numbers. */
  readonly projects: readonly Project[];
  /** Who owns the projects and pays: the member behind the first access token. */
  readonly owner: string;
  /** What runs behind Cloud Run. @default nothing: every revision is ready at once */
  readonly runtime?: Runtime;
  /**
   * How long a question about an operation that is under way is held back until it is done. The provider asks again
   * only after ten seconds. @default 0: it is answered at once, as Google does
   */
  readonly operationPatienceSeconds?: number;
  /** @default the machine's */
  readonly clock?: () => Date;
}

export interface Invalidation {
  readonly urlMap: string;
  readonly host: string;
  readonly path: string;
}

/** All that one stand-in knows. Inspect it as you like; change it through calls only. */
export class World {
  readonly state = new State();
  readonly accounts = new Accounts(this.state);
  readonly log = new CallLog();
  readonly tokens = new Tokens();
  /** Values of secret versions in base64, by the version's name. Answered to `access` alone. */
  readonly secretPayloads = new Map<string, string>();
  /** Passwords of Redis instances, by name. */
  readonly redisPasswords = new Map<string, string>();
  /** Values of signed-request keys, by the backend's address and the key's name. Never answered. */
  readonly signedUrlKeys = new Map<string, string>();
  /** What was asked of objects and not allowed, in words, in order. */
  readonly denials: string[] = [];
  /** What was asked to leave the caches, in order. */
  readonly invalidations: Invalidation[] = [];
  readonly projects: Projects;
  readonly identifiers: Identifiers;
  readonly operations: Operations;
  readonly policies: Policies;
  readonly owner: string;
  readonly runtime: Runtime;
  readonly operationPatienceSeconds: number;
  /** What waits in subscriptions that are pulled. */
  readonly pullQueues: PullQueues;
  /** What is in the buckets. */
  readonly objects: StorageStandIn;
  readonly #runWatchers = new Set<(job: Resource) => void>();
  readonly #messageWatchers = new Set<(topic: string, message: JsonObject) => void>();

  constructor(options: WorldOptions) {
    this.runtime = options.runtime ?? noRuntime;
    this.operationPatienceSeconds = options.operationPatienceSeconds ?? 0;
    this.objects = new StorageStandIn({
      now: options.clock ?? (() => new Date()),
      principalOf: (request) => this.tokens.callerOf(request),
      allows: (principal = "allUsers", permission, bucket) => {
        const allowed = isAllowed(this, principal, permission, "storage", `b/${bucket}`);
        if (!allowed) this.denials.push(`${principal} lacks ${permission} on the bucket ${bucket}`);
        return allowed;
      },
      publicKeyOf: (account) => (this.accounts.exists(account) ? signingKey.publicKey : undefined),
    });
    const clock = options.clock ?? (() => new Date());
    this.pullQueues = new PullQueues(() => clock().getTime());
    this.owner = options.owner;
    this.projects = new Projects(options.projects);
    this.identifiers = new Identifiers(clock);
    this.operations = new Operations(this.identifiers);
    this.policies = new Policies();
    for (const { projectId } of options.projects) {
      this.policies.put(`cloudresourcemanager/projects/${projectId}`, {
        bindings: [{ role: "roles/owner", members: [options.owner] }],
      });
    }
  }

  /** Calls back for every job of Cloud Scheduler that somebody has run at once. */
  watchForcedRuns(watcher: (job: Resource) => void): void {
    this.#runWatchers.add(watcher);
  }

  /** Tells whoever has a clock to run a job at once. */
  forceRun(job: Resource): void {
    for (const watcher of this.#runWatchers) watcher(job);
  }

  /** Calls back for every message that is published from now on, with its topic's name. */
  watchMessages(watcher: (topic: string, message: JsonObject) => void): void {
    this.#messageWatchers.add(watcher);
  }

  /** Puts a message, its id and time included, where it is pulled, and tells whoever watches. */
  tellOf(topic: string, message: JsonObject): void {
    for (const { name, body } of this.state.all({ collection: "pubsub.projects.subscriptions" })) {
      const isOfTopic = this.projects.withId(textAt(body, "topic")) === topic;
      if (isOfTopic && isPulled(body)) this.pullQueues.put(name, message);
    }
    for (const watcher of this.#messageWatchers) watcher(topic, message);
  }
}
