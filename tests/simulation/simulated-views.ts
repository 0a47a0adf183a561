import type { Changes } from "../../app/catalog/protocol/changes.ts";
import type { Row } from "../../app/catalog/protocol/tables.ts";
import type { Position, View, ViewContents, ViewEngine } from "../../app/catalog/protocol/view.ts";
import type { Counts } from "./simulation.ts";
import type { Life } from "./life.ts";

export interface ViewFaults {
  /** A question or a change fails; a failed change may have been made or not. */
  readonly failed: number;
  /** The instance does something else before it goes on. */
  readonly pause: number;
}

/** What makes views of the real kind. */
export interface RealEngine extends ViewEngine<View> {
  /** Takes real time, so that its work must be waited for. */
  readonly takesTime: boolean;
}

/** A view that now and then pauses or fails, of memory or of DuckDB. */
export class SimulatedView implements View {
  readonly #view: View;
  readonly #life: Life;
  readonly #faults: () => ViewFaults;
  readonly #takesTime: boolean;
  #position: Position;

  constructor(view: View, life: Life, faults: () => ViewFaults, takesTime: boolean) {
    this.#view = view;
    this.#life = life;
    this.#faults = faults;
    this.#takesTime = takesTime;
    this.#position = view.position;
  }

  get position(): Position {
    return this.#position;
  }

  find(table: string, column: string, values: readonly string[]): Promise<readonly Row[]> {
    return this.#do(() => this.#view.find(table, column, values));
  }

  greatest(table: string, number: string, column: string, value: string): Promise<number | undefined> {
    return this.#do(() => this.#view.greatest(table, number, column, value));
  }

  contents(): Promise<ViewContents> {
    return this.#do(() => this.#view.contents());
  }

  async apply(changes: Changes, position: Position): Promise<void> {
    await this.#do(() => this.#view.apply(changes, position));
    this.#position = position;
  }

  /** Takes long now and then: the view goes on meanwhile. */
  async snapshot(): Promise<{ readonly position: Position; readonly bytes: Uint8Array }> {
    const copy = await this.#do(() => this.#view.snapshot());
    const { random } = this.#life;
    if (this.#faults().pause > 0 && random.chance(0.5)) await this.#life.sleep(random.delay(40));
    return copy;
  }

  async close(): Promise<void> {
    await inItsTime(this.#life, this.#takesTime, () => this.#view.close());
  }

  async #do<R>(work: () => Promise<R>): Promise<R> {
    const { random } = this.#life;
    const faults = this.#faults();
    if (random.chance(faults.pause)) await this.#life.sleep(random.delay(2));
    const fails = random.chance(faults.failed);
    if (fails && random.chance(0.5)) throw new Error("simulated: the view failed before it did anything");
    const result = await inItsTime(this.#life, this.#takesTime, work);
    if (fails) throw new Error("simulated: the view failed after it had done it");
    if (random.chance(faults.pause)) await this.#life.sleep(random.delay(2));
    // A process that is over never goes on.
    if (this.#life.isOver) await this.#life.promise(() => {});
    return result;
  }
}

/** Makes the views of one instance. */
export class SimulatedEngine implements ViewEngine<SimulatedView> {
  readonly format: string;
  readonly #engine: RealEngine;
  readonly #life: Life;
  readonly #faults: () => ViewFaults;
  readonly #made: View[] = [];
  readonly #counts: Counts;

  constructor(engine: RealEngine, life: Life, faults: () => ViewFaults, counts: Counts) {
    this.#counts = counts;
    this.format = engine.format;
    this.#engine = engine;
    this.#life = life;
    this.#faults = faults;
  }

  create(owner: string): Promise<SimulatedView> {
    return this.#open(() => this.#engine.create(owner));
  }

  async restore(owner: string, bytes: Uint8Array): Promise<SimulatedView> {
    const view = await this.#open(() => this.#engine.restore(owner, bytes));
    this.#counts.restored++;
    return view;
  }

  usedBytes(): Promise<number> {
    return Promise.resolve(0);
  }

  async #open(open: () => Promise<View>): Promise<SimulatedView> {
    const { takesTime } = this.#engine;
    const { random } = this.#life;
    const faults = this.#faults();
    if (random.chance(faults.pause)) await this.#life.sleep(random.delay(2));
    const view = await inItsTime(this.#life, takesTime, open);
    if (random.chance(faults.failed)) {
      await inItsTime(this.#life, takesTime, () => view.close());
      throw new Error("simulated: the view could not be made");
    }
    this.#made.push(view);
    if (this.#life.isOver) await this.#life.promise(() => {});
    return new SimulatedView(view, this.#life, this.#faults, takesTime);
  }

  /** What the operating system does when a process ends. */
  async tidyUp(): Promise<void> {
    for (const view of this.#made.splice(0)) {
      await inItsTime(this.#life, this.#engine.takesTime, () => view.close());
    }
  }
}

function inItsTime<R>(life: Life, takesTime: boolean, work: () => Promise<R>): Promise<R> {
  return takesTime ? life.timeline.real(work) : work();
}
