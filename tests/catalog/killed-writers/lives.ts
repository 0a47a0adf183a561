import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Random } from "../../simulation/random.ts";

/** What the writers said before they died. */
export interface Testimony {
  /** Keys of all changes that were begun. */
  readonly begun: Set<string>;
  /** Entry of each change that was acknowledged, by its key. */
  readonly acknowledged: Map<string, number>;
  /** A key was acknowledged twice with different entries. */
  readonly contradictions: string[];
  lives: number;
}

export function unresolvedOf({ begun, acknowledged }: Testimony): string[] {
  return [...begun].filter((key) => !acknowledged.has(key));
}

/** Lets one process after the other write and kills each with SIGKILL at a random moment, until `isOver`. */
export async function liveAndDie(
  place: { readonly kind: "disk" | "cloud"; readonly place: string },
  cacheFolder: string,
  writer: string,
  random: Random,
  isOver: (life: number) => boolean,
): Promise<Testimony> {
  const testimony: Testimony = {
    begun: new Set(),
    acknowledged: new Map(),
    contradictions: [],
    lives: 0,
  };
  for (let life = 0; !isOver(life); life++) {
    const program = join(import.meta.dirname, "writer-process.ts");
    const parameters = [
      place.kind,
      place.place,
      cacheFolder,
      `${writer}-${life}`,
      ...unresolvedOf(testimony),
    ];
    const child = spawn(process.execPath, [program, ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
    const acknowledging = Promise.withResolvers<void>();
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (output.includes("done ")) acknowledging.resolve();
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk));
    const ended = once(child, "close");
    // Most are killed in the middle of their work, some while they start.
    if (!random.chance(0.2)) await Promise.race([acknowledging.promise, ended]);
    const killing = setTimeout(() => child.kill("SIGKILL"), random.between(50, 700));
    await ended;
    clearTimeout(killing);
    if (child.signalCode !== "SIGKILL") {
      throw new Error(`writer ${writer} ended by itself (${child.exitCode}): ${complaint}`);
    }
    hear(output, testimony);
    testimony.lives++;
  }
  return testimony;
}

/** The last line may be cut off by the death. */
function hear(output: string, testimony: Testimony): void {
  for (const line of output.split("\n").slice(0, -1)) {
    const [word, key = "", sequence] = line.split(" ");
    if (word === "begin") testimony.begun.add(key);
    if (word !== "done") continue;
    const before = testimony.acknowledged.get(key);
    if (before !== undefined && before !== Number(sequence)) {
      testimony.contradictions.push(`${key} was acknowledged in entry ${before} and in entry ${sequence}`);
    }
    testimony.acknowledged.set(key, Number(sequence));
  }
}
