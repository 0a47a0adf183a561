import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Done, Share } from "./seed-process.ts";

/**
 * Lets several processes work on the shares, each on one at a time, and gives what they answer in the order of the
 * shares: the same as of one process. When no more is asked for they end after what they have begun.
 *
 * @throws when one ends before it has answered
 */
export async function* doneByProcesses(shares: readonly Share[], jobs: number): AsyncGenerator<Done> {
  const answers = shares.map(() => Promise.withResolvers<Done>());
  for (const { promise } of answers) promise.catch(() => undefined);
  const main = join(import.meta.dirname, "seed-process.ts");
  const processes = Array.from({ length: Math.min(jobs, shares.length) }, () => fork(main));
  let next = 0;
  const work = async (child: ChildProcess) => {
    for (let index = next++; index < shares.length; index = next++) {
      const answer = answers[index];
      const share = shares[index];
      if (share === undefined || answer === undefined) return;
      try {
        answer.resolve(await ask(child, share));
      } catch (error) {
        answer.reject(error);
      }
    }
    if (child.connected) child.disconnect();
  };
  try {
    for (const child of processes) void work(child);
    for (const { promise } of answers) yield await promise;
  } finally {
    for (const child of processes) if (child.connected) child.disconnect();
  }
}

async function ask(child: ChildProcess, share: Share): Promise<Done> {
  const { promise, resolve, reject } = Promise.withResolvers<Done>();
  const told = (done: Done) => resolve(done);
  const over = (code: number | null) =>
    reject(new Error(`the process for seed ${share.first} and on ended with ${code}, and without an answer`));
  child.once("message", told);
  child.once("exit", over);
  try {
    if (!child.connected) over(child.exitCode);
    else child.send(share);
    return await promise;
  } finally {
    child.off("message", told);
    child.off("exit", over);
  }
}
