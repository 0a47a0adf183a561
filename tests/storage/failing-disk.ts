import type * as files from "node:fs/promises";
import { basename } from "node:path";

type Files = typeof files;
type Handle = files.FileHandle;

type Happening = string | (() => Promise<void>);

/**
 * The file system under a test's hand: counts the steps of what runs on it, and at a chosen one fails or stands
 * still for ever, as for a process that was killed there.
 */
export class FailingDisk {
  /** What was done, in order: `sync content`, `rename .17~… `. */
  readonly steps: string[] = [];
  #plan: { readonly at: number; readonly what: Happening } | undefined;
  readonly #handles = new Set<Handle>();
  #died = Promise.withResolvers<"died">();

  /** @param what `death`, the code that the step fails with, or what others do meanwhile */
  plan(at: number, what: Happening): void {
    this.heal();
    this.#plan = { at, what };
  }

  /** From now on everything works; what died stays so. */
  heal(): void {
    this.steps.length = 0;
    // As the system does for who was killed; what was closed already stays so.
    for (const handle of this.#handles) handle.close().catch(() => {});
    this.#handles.clear();
    this.#plan = undefined;
    this.#died = Promise.withResolvers();
  }

  /** The outcome of the work, or that it died. */
  async run<R>(work: Promise<R>): Promise<PromiseSettledResult<R> | "died"> {
    const [outcome] = await Promise.race([
      Promise.allSettled([work]),
      this.#died.promise.then(() => ["died" as const]),
    ]);
    return outcome;
  }

  async #step(name: string): Promise<void> {
    const plan = this.#plan;
    if (this.steps.push(name) !== plan?.at) return;
    if (typeof plan.what === "function") return await plan.what();
    if (plan.what !== "death") {
      throw Object.assign(new Error(`${plan.what}: ${name}`), { code: plan.what, errno: -1, syscall: name });
    }
    this.#died.resolve("died");
    await new Promise<never>(() => {});
  }

  wrap(real: Files): Files {
    const step = (name: string) => this.#step(name);
    return {
      ...real,
      open: async (path, flags, mode) => {
        await step(`open ${shown(path)}`);
        return this.#wrapHandle(await real.open(path, flags, mode), shown(path));
      },
      rename: async (from, to) => {
        await step(`rename ${shown(from)} to ${shown(to)}`);
        return await real.rename(from, to);
      },
      symlink: async (target, path, type) => {
        await step(`symlink ${shown(path)}`);
        return await real.symlink(target, path, type);
      },
      link: async (from, to) => {
        await step(`link ${shown(to)}`);
        return await real.link(from, to);
      },
      rm: async (path, options) => {
        await step(`rm ${shown(path)}`);
        return await real.rm(path, options);
      },
    };
  }

  #wrapHandle(handle: Handle, path: string): Handle {
    const step = (name: string) => this.#step(name);
    this.#handles.add(handle);
    return new Proxy(handle, {
      get(target, key) {
        if (key === "sync") {
          return async () => {
            await step(`sync ${path}`);
            await target.sync();
          };
        }
        if (key === "writeFile") {
          return async (bytes: Uint8Array) => {
            await target.writeFile(bytes.subarray(0, bytes.length / 2));
            await step(`write ${path}`);
            await target.writeFile(bytes.subarray(bytes.length / 2));
          };
        }
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}

/** The same for every run: names that chance made are told by their kind. */
function shown(path: unknown): string {
  const name = basename(String(path));
  if (/^\.\d+~/.test(name)) return "content";
  if (/^\d+-[0-9a-f-]{36}$/.test(name)) return "temporary";
  return name.includes(".claim") ? "claim" : name;
}
