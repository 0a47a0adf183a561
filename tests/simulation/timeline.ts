interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * The simulation's time: events in their order, each one run to the end of everything that it sets off before
 * the next. Milliseconds.
 */
export class Timeline {
  now = 0;
  readonly #events: Event[] = [];
  #order = 0;
  #readings = 0;
  #real: Promise<unknown> = Promise.resolve();
  #realUnderWay = 0;

  /** A clock that never shows the same twice, as a real one does not. */
  elapsed(): number {
    return this.now + ++this.#readings * 1e-7;
  }

  after(delay: number, run: () => void): void {
    const event = { at: this.now + delay, order: ++this.#order, run };
    let index = this.#events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, this.#events[parent])) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Runs until nothing is left to happen, or until `isOver`. @throws when it does not end */
  async run(isOver: () => boolean, mostEvents: number): Promise<void> {
    for (let count = 0; ; count++) {
      await this.#settle();
      if (isOver()) return;
      const event = this.#take();
      if (event === undefined) return;
      if (count >= mostEvents)
        throw new Error(`not over after ${mostEvents} events, at ${this.now.toFixed(0)} ms`);
      this.now = Math.max(this.now, event.at);
      event.run();
    }
  }

  /**
   * Work that really takes time, as DuckDB's: one at a time and in order, and the simulated clock stands still, so
   * that its real duration decides nothing.
   */
  async real<R>(work: () => Promise<R>): Promise<R> {
    this.#realUnderWay++;
    const before = this.#real;
    const doing = (async () => {
      await before;
      return await work();
    })();
    this.#real = doing.then(
      () => nextTurn(),
      () => nextTurn(),
    );
    try {
      return await doing;
    } finally {
      this.#realUnderWay--;
    }
  }

  /** Until no promise is left that could go on by itself. */
  async #settle(): Promise<void> {
    do {
      await nextTurn();
      await this.#real;
    } while (this.#realUnderWay > 0);
  }

  #take(): Event | undefined {
    const first = this.#events[0];
    const last = this.#events.pop();
    if (first === undefined || last === undefined || this.#events.length === 0) return first;
    this.#events[0] = last;
    for (let index = 0; ;) {
      const left = index * 2 + 1;
      let least = index;
      for (const child of [left, left + 1]) {
        const candidate = this.#events[child];
        if (candidate !== undefined && isBefore(candidate, this.#events[least])) least = child;
      }
      if (least === index) return first;
      this.#swap(index, least);
      index = least;
    }
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#events[one], this.#events[other]];
    if (a === undefined || b === undefined) return;
    this.#events[one] = b;
    this.#events[other] = a;
  }
}

function isBefore(one: Event, other: Event | undefined): boolean {
  return other === undefined || one.at < other.at || (one.at === other.at && one.order < other.order);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
