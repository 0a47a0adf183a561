import { AppProcess, type AppProcessOptions } from "./app-process.ts";

export interface MaintenanceTimerOptions extends Omit<AppProcessOptions, "role" | "args"> {
  readonly say: (text: string) => void;
  /** @default 60 */
  readonly firstAfterSeconds?: number;
  /** @default 900 */
  readonly everySeconds?: number;
}

/** What runs each time; at the first of a day also what the cloud's scheduler starts at night. */
const usual: readonly string[] = [];
const daily: readonly string[] = ["reconcile"];
const day = 24 * 3600 * 1000;

/** What the scheduler does in the cloud, at the pace of a single machine; never two at once. */
export class MaintenanceTimer {
  readonly #options: MaintenanceTimerOptions;
  #timer: ReturnType<typeof setTimeout>;
  #running: AppProcess | undefined;
  #isStopped = false;
  #dailyAt = -Infinity;

  constructor(options: MaintenanceTimerOptions) {
    this.#options = options;
    this.#timer = this.#after(options.firstAfterSeconds ?? 60);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running?.stop();
  }

  #after(seconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => void this.#run(), seconds * 1000);
  }

  async #run(): Promise<void> {
    await this.#runOnce(usual);
    if (!this.#isStopped && performance.now() - this.#dailyAt >= day) {
      this.#dailyAt = performance.now();
      await this.#runOnce(daily);
    }
    if (!this.#isStopped) this.#timer = this.#after(this.#options.everySeconds ?? 900);
  }

  async #runOnce(args: readonly string[]): Promise<void> {
    this.#running = await AppProcess.start({ ...this.#options, role: "maintenance", args });
    const { code } = await this.#running.ended;
    this.#running = undefined;
    if (this.#isStopped || code === 0) return;
    const what = ["Maintenance", ...args].join(" ");
    this.#options.say(`${what} ended with exit code ${code}; its log says why.`);
  }
}
