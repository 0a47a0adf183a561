import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** How many the sign-in page offers. */
const keptPeople = 8;

/** The addresses that signed in lately, the latest first, kept in the data folder. */
export class RecentPeople {
  readonly #file: string;
  /** People who sign in at once are remembered one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, "recent-people.json");
  }

  /** Empty where nobody signed in yet, and where the file cannot be read: it is a convenience only. */
  async list(): Promise<readonly string[]> {
    try {
      const list: unknown = JSON.parse(await readFile(this.#file, "utf8"));
      return Array.isArray(list) ? list.filter((email) => typeof email === "string") : [];
    } catch {
      return [];
    }
  }

  remember(email: string): Promise<void> {
    const done = this.#last.then(() => this.#write(email));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(email: string): Promise<void> {
    const others = (await this.list()).filter((known) => known !== email);
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.${process.pid}`;
    await writeFile(temporary, JSON.stringify([email, ...others].slice(0, keptPeople)), { mode: 0o600 });
    await rename(temporary, this.#file);
  }
}
