import { AppProcess, type AppProcessOptions } from "./app-process.ts";

export interface MaintenanceTimerOptions extends Omit<AppProcessOptions, "role"> {
  readonly say: (text: string) => void;
}

/** What the scheduler does in the cloud, at the pace of a single machine. */
const everyMinutes = 15;
const firstAfterMinutes = 1;

/** Runs the app's `maintenance` role now and then, never twice at once. */
export class MaintenanceTimer {
  readonly #options: MaintenanceTimerOptions;
  #timer: ReturnType<typeof setTimeout>;
  #running: AppProcess | undefined;
  #isStopped = false;

  constructor(options: MaintenanceTimerOptions) {
    this.#options = options;
    this.#timer = this.#after(firstAfterMinutes);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running?.stop();
  }

  #after(minutes: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => void this.#run(), minutes * 60_000);
  }

  async #run(): Promise<void> {
    this.#running = await AppProcess.start({ ...this.#options, role: "maintenance" });
    const { code } = await this.#running.ended;
    this.#running = undefined;
    if (this.#isStopped) return;
    if (code !== 0)
      this.#options.say(
        `Maintenance ended with exit code ${code}; it runs again in ${everyMinutes} minutes.`,
      );
    this.#timer = this.#after(everyMinutes);
  }
}
