import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isSystemError } from "./folder-claim.ts";

/** What stands at a folder's place, or at that of one above it, is something else. */
export class NotAFolderError extends Error {
  constructor(path: string, options?: ErrorOptions) {
    super(
      `'${path}' cannot be a folder: it, or what it would lie in, is a file; move that file away`,
      options,
    );
  }
}

const mostRemembered = 10_000;

/** Makes folders and their entries durable: a new name is safe only after its folder was synced. */
export class FolderSync {
  readonly #made = new Map<string, Promise<void>>();

  /**
   * Makes `folder` under `root` and what is missing above it. The way down is synced once in this process even
   * where it exists, for another may have made it a moment ago and not be so far.
   *
   * @throws NotAFolderError
   */
  async make(root: string, folder: string): Promise<void> {
    const path = join(root, folder);
    const under = this.#made.get(path);
    if (under !== undefined) return under;
    if (this.#made.size >= mostRemembered) this.#made.clear();
    const making = this.#makeAndSync(root, path);
    this.#made.set(path, making);
    try {
      await making;
    } catch (error) {
      this.#made.delete(path);
      const isTaken = isSystemError(error) && (error.code === "EEXIST" || error.code === "ENOTDIR");
      throw isTaken ? new NotAFolderError(path, { cause: error }) : error;
    }
  }

  async sync(path: string): Promise<void> {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #makeAndSync(root: string, path: string): Promise<void> {
    await mkdir(path, { recursive: true });
    for (let at = path; at.length > root.length; at = dirname(at)) await this.sync(dirname(at));
  }
}
