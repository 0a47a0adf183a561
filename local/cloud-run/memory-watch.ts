import { readdirSync, readFileSync } from "node:fs";

const everyMilliseconds = 200;

/**
 * Watches the resident memory of a process and all that descend from it. Pages that two of them share count
 * twice, so that what passes here passes on Cloud Run.
 *
 * @param onExceeded called once, with the bytes in use
 */
export function watchMemory(
  processId: number | undefined,
  limitBytes: number,
  onExceeded: (bytes: number) => void,
): { stop(): void } {
  const timer = setInterval(() => {
    const bytes = processId === undefined ? 0 : residentBytes(processId);
    if (bytes <= limitBytes) return;
    clearInterval(timer);
    onExceeded(bytes);
  }, everyMilliseconds);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

interface Process {
  readonly id: number;
  readonly parentId: number;
  readonly residentPages: number;
  readonly command: string;
}

/** Of the descendants of a process that are not part of the sandbox itself. Linux only; 0 elsewhere. */
function residentBytes(root: number): number {
  const processes = listProcesses();
  const childrenOf = Map.groupBy(processes, ({ parentId }) => parentId);
  let pages = 0;
  const visit = (id: number, isInside: boolean) => {
    for (const child of childrenOf.get(id) ?? []) {
      // The relay and bubblewrap are outside; what bubblewrap's innermost process starts is inside.
      const isOurs = isInside || (child.command !== "bwrap" && !hasSandboxBelow(child.id, childrenOf));
      if (isOurs) pages += child.residentPages;
      visit(child.id, isOurs);
    }
  };
  const own = processes.find(({ id }) => id === root);
  const isPlain = own !== undefined && own.command !== "bwrap";
  if (isPlain) pages += own.residentPages;
  visit(root, isPlain);
  return pages * 4096;
}

function hasSandboxBelow(id: number, childrenOf: ReadonlyMap<number, readonly Process[]>): boolean {
  return (childrenOf.get(id) ?? []).some(({ command }) => command === "bwrap");
}

function listProcesses(): Process[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)));
  } catch {
    return [];
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; empty when the process is gone by now. */
function readProcess(id: number): Process[] {
  try {
    const text = readFileSync(`/proc/${id}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    const fields = text.slice(end + 2).split(" ");
    return [
      {
        id,
        command: text.slice(text.indexOf("(") + 1, end),
        parentId: Number(fields[1]),
        residentPages: Number(fields[21]),
      },
    ];
  } catch {
    return [];
  }
}
