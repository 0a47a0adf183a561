import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the kernel can be asked to bound a process and all that descend from it: version 1 and 2. */
const roots = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"];

function makeGroup(name: string): string | undefined {
  for (const root of roots) {
    const folder = join(root, name);
    try {
      mkdirSync(folder);
      if (existsSync(join(folder, "memory.limit_in_bytes")) || existsSync(join(folder, "memory.max")))
        return folder;
      rmdirSync(folder);
    } catch {
      // Not there, or not ours to write.
    }
  }
  return undefined;
}

/** Whether this machine lets us: as root, and where no container has taken it away. */
export function canLimitMemory(): boolean {
  const folder = makeGroup(`imgstream-try-${process.pid}`);
  if (folder !== undefined) rmdirSync(folder);
  return folder !== undefined;
}

export interface MemoryLimit {
  /** Starts a program under the limit, when put before it and its arguments. */
  readonly command: readonly string[];
  /** The most that was seen in use; files in memory count, what the kernel may drop at any time does not. */
  peakBytes(): number;
  /** Removes it; its processes have ended. */
  remove(): void;
}

/** The kernel kills what takes more, as on Cloud Run, files in memory included; nothing is swapped. */
export function limitMemory(name: string, bytes: number): MemoryLimit {
  const folder = makeGroup(`imgstream-${name}-${process.pid}`);
  if (folder === undefined) throw new Error("the kernel lets nobody limit memory here: run it as root");
  const write = (file: string, value: string): void => {
    if (existsSync(join(folder, file))) writeFileSync(join(folder, file), value);
  };
  write("memory.limit_in_bytes", String(bytes));
  write("memory.memsw.limit_in_bytes", String(bytes));
  write("memory.swappiness", "0");
  write("memory.max", String(bytes));
  write("memory.swap.max", "0");
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, usedBytes(readFileSync(join(folder, "memory.stat"), "utf8")));
  }, 10);
  return {
    command: ["sh", "-c", `echo $$ > ${folder}/cgroup.procs && exec "$@"`, "sh"],
    peakBytes: () => peakBytes,
    remove: () => {
      clearInterval(watch);
      rmdirSync(folder);
    },
  };
}

/** The names of version 1 and of version 2. */
function usedBytes(statistics: string): number {
  const read = (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, "m").exec(statistics)?.[1] ?? Number.NaN);
  const bytes = read("total_rss") + read("total_shmem");
  return Number.isNaN(bytes) ? read("anon") + read("shmem") : bytes;
}
