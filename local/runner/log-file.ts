import { type WriteStream, createWriteStream, renameSync, statSync } from "node:fs";
import { join } from "node:path";

/** A log that has grown beyond this is set aside at the next start. */
const largeLogBytes = 20 * 1024 * 1024;

/** The lines of one process of the app, appended to a file as they are. */
export class LogFile {
  readonly path: string;
  readonly #stream: WriteStream;

  constructor(folder: string, role: string) {
    this.path = join(folder, `${role}.log`);
    if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > largeLogBytes) {
      renameSync(this.path, `${this.path}.1`);
    }
    this.#stream = createWriteStream(this.path, { flags: "a", mode: 0o600 });
    // A full disk must not end the product; what it runs says so where it matters.
    this.#stream.on("error", () => undefined);
  }

  append(line: string): void {
    this.#stream.write(`${line}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(() => resolve()));
  }
}
