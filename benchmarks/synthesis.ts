import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const rounds = 5;
const root = join(import.meta.dirname, "..");

interface Way {
  readonly words: readonly string[];
  /** Whether nothing is compiled or bundled yet, as in a clone on a new machine. */
  readonly isFirst?: boolean;
}

/** What somebody waits for between an edit and a plan: all stacks by themselves, beside cdktf's own command. */
export function benchmarkSynthesis(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-bench-"));
  const cdktf = join(
    dirname(createRequire(import.meta.url).resolve("cdktf-cli/package.json")),
    "bundle/bin/cdktf",
  );
  const ways: Readonly<Record<string, Way>> = {
    "node, empty program": { words: ["-e", "0"] },
    "node, import cdktf": { words: ["-e", 'import("cdktf")'] },
    "node stacks/main.ts": { words: ["stacks/main.ts"] },
    "the very first time": { words: ["stacks/main.ts"], isFirst: true },
    "cdktf synth": { words: [cdktf, "synth", "--output", join(folder, "cdktf.out")] },
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  try {
    // In turn, so that what else the machine does meets all alike.
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, way] of Object.entries(ways)) times[name]?.push(measure(way, folder));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const reference = median(times["cdktf synth"] ?? []);
  process.stdout.write(`${rounds} rounds, medians\n\n${row("", "seconds", "of cdktf synth")}`);
  for (const [name, seconds] of Object.entries(times)) {
    process.stdout.write(row(name, median(seconds).toFixed(2), (median(seconds) / reference).toFixed(2)));
  }
  return Promise.resolve();
}

/** @returns seconds */
function measure({ words, isFirst = false }: Way, folder: string): number {
  const caches = join(folder, "caches");
  rmSync(caches, { recursive: true, force: true });
  mkdirSync(caches);
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      CDKTF_OUTDIR: join(folder, "out"),
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CI: "1",
      // Where Node keeps what it compiled, and where the image's recipe is kept.
      ...(isFirst && { TMPDIR: caches, IMGSTREAM_CACHE: caches }),
    },
  });
  if (status !== 0) throw new Error(`node ${words.join(" ")} failed: ${stderr}`);
  return (performance.now() - begin) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function row(name: string, seconds: string, ratio: string): string {
  return `${name.padEnd(22)} ${seconds.padStart(8)} ${ratio.padStart(15)}\n`;
}
