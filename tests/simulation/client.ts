import type { ViewContents } from "../../app/catalog/protocol/view.ts";
import { newPhoto } from "../catalog/photo-fixture.ts";
import type { Attempt, History, Order, Told } from "./history.ts";
import type { Instance, World } from "./instance.ts";
import { Life } from "./life.ts";
import { organisationCommand } from "./organisation-commands.ts";
import { type AnyCommand, organisation } from "./owners.ts";
import { personCommand } from "./person-commands.ts";

const patienceMilliseconds = 4000;
const mostAttempts = 4;

/** What a token says. */
interface Presented {
  readonly owner: string;
  readonly sequence: number;
}

/** Someone who uses one person's catalog through any instance, and repeats what got no answer. */
export class Client {
  readonly #world: World;
  readonly #instances: readonly Instance[];
  readonly #history: History;
  readonly #owner: string;
  readonly #name: string;
  readonly #life: Life;
  /** Between two of its requests, in milliseconds. */
  readonly #pace: number;
  #count = 0;
  /** The newest change that it was told of. */
  #token = 0;

  constructor(world: World, instances: readonly Instance[], history: History, owner: string, name: string) {
    this.#world = world;
    this.#instances = instances;
    this.#history = history;
    this.#owner = owner;
    this.#name = name;
    this.#life = new Life(world.timeline, world.random);
    this.#pace = world.random.pick([20, 150, 150]);
  }

  /** Works until the given time. */
  async work(until: number): Promise<void> {
    const { random, timeline } = this.#world;
    while (timeline.now < until) {
      await this.#life.sleep(random.delay(this.#pace));
      const dice = random.next();
      if (dice < 0.3) await this.look(random.pick(this.#instances), this.#presentedToken());
      else if (dice < 0.35) await this.#sendTwice(this.#newOrder());
      else if (dice < 0.38) await this.#reuseKey();
      else if (dice < 0.4) await this.#repeat();
      else if (dice < 0.44 && this.#owner !== organisation) await this.#undo(random.pick(this.#instances));
      else if (dice < 0.46 && this.#owner !== organisation) await this.#addTogetherAndPurge();
      else if (dice < 0.52 && this.#owner !== organisation) await this.#purge(`photo-${random.whole(1, 6)}`);
      else await this.send(this.#newOrder(), random.pick(this.#instances));
    }
  }

  /** Until there is an answer that settles it, or patience ends. */
  async send(order: Order, first: Instance): Promise<void> {
    let instance = first;
    for (let count = 0; count < mostAttempts; count++) {
      const told = await this.#attempt(order, instance);
      if (told.kind === "done") this.#token = Math.max(this.#token, told.sequence);
      if (told.kind === "done" || told.kind === "refused") return;
      await this.#life.sleep(this.#world.random.delay(80));
      instance = this.#world.random.pick(this.#instances);
    }
  }

  newCommand(command: AnyCommand): Order {
    const order = { owner: this.#owner, key: `${this.#name}-${++this.#count}`, command, attempts: [] };
    this.#history.orders.push(order);
    return order;
  }

  /** Reads everything of one moment. */
  async look(
    instance: Instance,
    { owner: tokenOwner, sequence }: Presented = { owner: this.#owner, sequence: 0 },
  ): Promise<void> {
    const start = this.#world.timeline.elapsed();
    const { release } = instance;
    const reading = this.#read(instance, release.tokenOf(tokenOwner, sequence));
    const seen = await this.#patiently(
      reading.catch((error: unknown) => ({ error: release.reasonOf(error) })),
    );
    const end = this.#world.timeline.elapsed();
    this.#history.looks.push({
      owner: this.#owner,
      instance: instance.number,
      start,
      end,
      tokenOwner,
      sequence,
      seen: seen ?? { error: "no answer" },
    });
  }

  /** Undefined while the instance is down. */
  async #read(instance: Instance, token: string): Promise<ViewContents | undefined> {
    const sequence = instance.release.sequenceOf(token, this.#owner);
    return await instance.of(this.#owner)?.read((view) => view.contents(), sequence);
  }

  #presentedToken(): Presented {
    const { random } = this.#world;
    const owner = this.#owner;
    // Somebody else's, which may be no higher than this one's log.
    if (random.chance(0.05)) return { owner: "person-9", sequence: random.whole(0, 3) };
    if (random.chance(0.1)) return { owner, sequence: this.#token + random.whole(1, 30) };
    return { owner, sequence: random.chance(0.7) ? this.#token : 0 };
  }

  async #sendTwice(order: Order): Promise<void> {
    const { random } = this.#world;
    await Promise.all([
      this.send(order, random.pick(this.#instances)),
      this.send(order, random.pick(this.#instances)),
    ]);
  }

  /** A mistake of a client: an old key for something else. */
  async #reuseKey(): Promise<void> {
    const mine = this.#history.orders.filter(({ key }) => key.startsWith(`${this.#name}-`));
    if (mine.length === 0) return;
    const { owner, key } = this.#world.random.pick(mine);
    const order: Order = { owner, key, command: this.#randomCommand(), attempts: [] };
    this.#history.orders.push(order);
    await this.#attempt(order, this.#world.random.pick(this.#instances));
  }

  /** The same once more under the same key, perhaps a day later. */
  async #repeat(): Promise<void> {
    const { random } = this.#world;
    const mine = this.#history.orders.filter(({ key }) => key.startsWith(`${this.#name}-`));
    if (mine.length > 0) await this.send(random.pick(mine), random.pick(this.#instances));
  }

  #newOrder(): Order {
    return this.newCommand(this.#randomCommand());
  }

  #randomCommand(): AnyCommand {
    const name = `${this.#name}, ${this.#count}`;
    return this.#owner === organisation
      ? organisationCommand(this.#world.random, this.#name)
      : personCommand(this.#world.random, this.#name, name);
  }

  /** From the trash to the last trace, as maintenance does it. */
  async #purge(photoId: string): Promise<void> {
    for (const kind of ["trash-photo", "purge-photo", "finish-purge"] as const) {
      await this.send(this.newCommand({ kind, photoId }), this.#world.random.pick(this.#instances));
    }
  }

  /** What the last two are called is in one entry, mostly, and is forgotten at two times. */
  async #addTogetherAndPurge(): Promise<void> {
    const instance = this.#world.random.pick(this.#instances);
    const photos = [1, 2, 3].map(() => newPhoto(`pair-${this.#name}-${++this.#count}`, { sizeBytes: 1000 }));
    await Promise.all(
      photos.map((photo) => this.send(this.newCommand({ kind: "add-photo", photo }), instance)),
    );
    for (const { id } of photos.slice(1)) {
      await this.#purge(id);
      await this.#life.sleep(this.#world.random.delay(150));
    }
  }

  /** Takes back what an entry did, as far as the log can be read. */
  async #undo(instance: Instance): Promise<void> {
    const sequence = this.#world.random.whole(1, Math.max(1, this.#token));
    const reading = instance
      .touchedRows(this.#owner, sequence)
      ?.catch((error: unknown) => void instance.release.reasonOf(error));
    const touched = await this.#patiently(reading);
    if (touched === undefined) return;
    await this.send(this.newCommand({ kind: "undo-entry", sequence, touched }), instance);
  }

  async #attempt(order: Order, instance: Instance): Promise<Told> {
    const began = this.#world.timeline.now;
    const attempt: Attempt = {
      instance: instance.number,
      start: this.#world.timeline.elapsed(),
      end: Number.POSITIVE_INFINITY,
      times: [],
      told: { kind: "unknown" },
    };
    order.attempts.push(attempt);
    const person = instance.of(order.owner);
    const told = await this.#patiently(
      person?.submit(order.command, order.key).then(toldOf, instance.release.toldOfError),
    );
    attempt.told = told ?? (person === undefined ? { kind: "not-made", code: "down" } : { kind: "unknown" });
    attempt.end = this.#world.timeline.elapsed();
    attempt.times = instance.clock.during(began, this.#world.timeline.now);
    return attempt.told;
  }

  async #patiently<R>(answer: Promise<R> | undefined): Promise<R | undefined> {
    return await this.#life.promise<R | undefined>((resolve, reject) => {
      this.#life.deliver(answer === undefined ? 1 : patienceMilliseconds, () => resolve(undefined));
      answer?.then(resolve, reject);
    });
  }
}

function toldOf({ sequence, answer }: { sequence: number; answer: unknown }): Told {
  return { kind: "done", sequence, answer };
}
