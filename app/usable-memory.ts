import { totalmem } from "node:os";

/** What the container or the machine allows this process, in bytes. */
export function usableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
