import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const rounds = 5;
const root = join(import.meta.dirname, "..");

/** What somebody waits for between an edit and a plan: all stacks by themselves, beside cdktf's own command. */
export function benchmarkSynthesis(): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), "imgstream-bench-"));
  const cdktf = join(
    dirname(createRequire(import.meta.url).resolve("cdktf-cli/package.json")),
    "bundle/bin/cdktf",
  );
  const ways = {
    "node, empty program": ["-e", "0"],
    "node, import cdktf": ["-e", 'import("cdktf")'],
    "node stacks/main.ts": ["stacks/main.ts"],
    "cdktf synth": [cdktf, "synth", "--output", outdir],
  } as const;
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  try {
    // In turn, so that what else the machine does meets all alike.
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, words] of Object.entries(ways)) times[name]?.push(measure(words, outdir));
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
  const reference = median(times["cdktf synth"] ?? []);
  process.stdout.write(`${rounds} rounds, medians\n\n${row("", "seconds", "of cdktf synth")}`);
  for (const [name, seconds] of Object.entries(times)) {
    process.stdout.write(row(name, median(seconds).toFixed(2), (median(seconds) / reference).toFixed(2)));
  }
  return Promise.resolve();
}

/** @returns seconds */
function measure(words: readonly string[], outdir: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      CDKTF_OUTDIR: outdir,
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CI: "1",
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
