import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";

const mostRemembered = 10_000;

/** Makes folders and their entries durable: a new name is safe only after its folder was synced. */
export class FolderSync {
  readonly #made = new Map<string, Promise<void>>();

  /**
   * Makes `folder` under `root` and what is missing above it. The way down is synced once in this process even
   * where it exists, for another may have made it a moment ago and not be so far.
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
      throw error;
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
