import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { VictimTask, VictimWord } from "./victim.ts";

const program = join(import.meta.dirname, "victim.ts");

/** A process that lives until it is killed, or its work is done. */
export class Victim {
  readonly #child: ChildProcess;
  readonly #words: VictimWord[] = [];
  readonly #ended: Promise<unknown>;
  #complaint = "";
  #heard = Promise.withResolvers<void>();

  constructor(task: VictimTask) {
    this.#child = spawn(process.execPath, ["--no-warnings", program, JSON.stringify(task)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // Each is the same program: what was compiled for the first serves the others.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "imgstream-victims") },
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#complaint += text));
    this.#child.on("message", (word: VictimWord) => {
      this.#words.push(word);
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
    this.#ended = once(this.#child, "close").finally(() => this.#heard.resolve());
  }

  /** The next word of a kind. @throws Error where the process ends without it */
  async word<K extends VictimWord["kind"]>(kind: K): Promise<Extract<VictimWord, { kind: K }>> {
    for (;;) {
      const { promise } = this.#heard;
      const word = this.#words.find((one): one is Extract<VictimWord, { kind: K }> => one.kind === kind);
      if (word !== undefined) return word;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`never heard '${kind}', but ${JSON.stringify(this.#words)}: ${this.#complaint}`);
      }
      await promise;
    }
  }

  /** The process that it has started itself. Linux only. */
  async childPid(): Promise<number> {
    const { pid } = this.#child;
    for (;;) {
      const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
      const [first] = children.split(" ").filter((text) => text !== "");
      if (first !== undefined) return Number(first);
      await pause(2);
    }
  }

  /** Ends it as a machine does that loses its power. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
    if (this.#child.signalCode !== "SIGKILL") throw new Error(`ended by itself: ${this.#complaint}`);
  }

  async end(): Promise<void> {
    await this.#ended;
  }
}

/** Lets a process live up to one step, and kills it there. @returns the step's name */
export async function killAt(task: VictimTask): Promise<string> {
  const victim = new Victim(task);
  const { at } = await victim.word("stands");
  await victim.kill();
  return at;
}

/** Does the same with each, as many at once as there are cores. */
export async function withEach<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
