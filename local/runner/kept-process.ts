import { readLogLine } from "./log-line.ts";
import { AppProcess, type AppProcessOptions, type Ending } from "./app-process.ts";

export interface KeptProcessOptions extends Omit<AppProcessOptions, "onLine"> {
  readonly onLine: (line: string) => void;
  /** What the person at the terminal is told. */
  readonly say: (text: string) => void;
}

/** The process said why it does not start; the lines are its own. */
export class StartFailedError extends Error {
  readonly code = "start-failed";

  constructor(role: string, lines: readonly string[]) {
    super(
      [`The app (${role}) did not start:`, ...lines.map((line) => `  ${readLogLine(line).text}`)].join("\n"),
    );
  }
}

/** Lines that are kept to be shown when the process does not start. */
const keptLines = 40;

/** How often it is tried to start while a former process still lets go of the data folder. */
const lockedAttempts = 5;

/** A process that ran this long was well: its next end is met without a pause. */
const wellSeconds = 60;

const longestPauseSeconds = 30;

/** A role of the app that is started again whenever it ends by itself. */
export class KeptProcess {
  readonly #options: KeptProcessOptions;
  #current: AppProcess | undefined;
  #origin: string | undefined;
  #isStopping = false;
  readonly #stopping = Promise.withResolvers<void>();
  #lastLines: string[] = [];

  constructor(options: KeptProcessOptions) {
    this.#options = options;
  }

  /** Where it listens; undefined while it is away. */
  get origin(): string | undefined {
    return this.#origin;
  }

  /** @throws StartFailedError when it cannot be started even once */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      if (await this.#launch()) break;
      const isLocked = this.#lastLines.some((line) => line.includes("is in use by process"));
      if (this.#isStopping || !isLocked || attempt >= lockedAttempts) {
        throw new StartFailedError(this.#options.role, this.#lastLines);
      }
      await this.#pause(0.5);
    }
    void this.#keep();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopping.resolve();
    this.#origin = undefined;
    await this.#current?.stop();
  }

  async #launch(): Promise<boolean> {
    this.#lastLines = [];
    const started = await AppProcess.start({
      ...this.#options,
      onLine: (line) => {
        this.#lastLines = [...this.#lastLines, line].slice(-keptLines);
        this.#options.onLine(line);
      },
    });
    this.#current = started;
    const isReady = await started.isReady();
    if (isReady && !this.#isStopping) this.#origin = started.origin;
    else await started.stop();
    return isReady;
  }

  async #keep(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping) {
      const before = performance.now();
      const ending = await this.#current?.ended;
      this.#origin = undefined;
      if (this.#stopped()) return;
      failures = performance.now() - before > wellSeconds * 1000 ? 0 : failures + 1;
      const seconds = failures === 0 ? 0 : Math.min(2 ** (failures - 1), longestPauseSeconds);
      this.#options.say(
        `The app (${this.#options.role}) ended ${describe(ending)}. Starting it again${seconds === 0 ? "" : ` in ${seconds} s`}…`,
      );
      await this.#pause(seconds);
      if (this.#stopped()) return;
      if (await this.#launch()) this.#options.say(`The app (${this.#options.role}) is back.`);
    }
  }

  /** Asked anew after every waiting, in which it may have changed. */
  #stopped(): boolean {
    return this.#isStopping;
  }

  async #pause(seconds: number): Promise<void> {
    const timer = Promise.withResolvers<void>();
    const handle = setTimeout(timer.resolve, seconds * 1000);
    await Promise.race([timer.promise, this.#stopping.promise]);
    clearTimeout(handle);
  }
}

function describe(ending: Ending | undefined): string {
  const { code = null, signal = null } = ending ?? {};
  if (signal !== null) return `by ${signal}`;
  return code === null ? "by itself" : `with exit code ${code}`;
}
