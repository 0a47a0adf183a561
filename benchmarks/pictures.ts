import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { startVariables } from "../app/runtime-contract.ts";
import { grain } from "../tests/pictures/sample-pictures.ts";
import { measureImgproxy } from "./pictures-imgproxy.ts";
import type { PicturesFigures, PicturesPart, StepFigures } from "./pictures-process.ts";
import { median, say } from "./measure.ts";

const pictureCount = 48;
const rounds = 3;

const compared = ["bare", "beside", "whole"] as const satisfies readonly PicturesPart[];
type Compared = (typeof compared)[number];

/**
 * Original in, derivatives and record out, beside bare sharp that makes the same derivatives (the same bytes) of the
 * same files from one decode each, as many at once as there are cores: a picture's derivatives one after the other, as
 * sharp is used in a few lines, and side by side, as the service makes them, which leaves no core idle. Goals: 0.95 of bare
 * sharp; 400 MiB at one core.
 *
 * Each measurement is a process of its own, in turns, so that whatever else the machine does meets both. Where it
 * does much else, the ratio of processor time says more than the one of pictures per second.
 */
export async function benchmarkPictures(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "imgstream-bench-"));
  try {
    await makePictures(folder);
    say(
      `${pictureCount} pictures of 12 megapixels, the first of them to warm up, median of ${rounds} rounds\n`,
    );
    say("cores   bare makes them   here/s   bare/s    ratio   of processor time   peak MiB here, bare");
    const allCores = availableParallelism();
    let onAllCores = Number.NaN;
    for (const cores of new Set([allCores, 1])) {
      const figures: Record<Compared, PicturesFigures[]> = { bare: [], beside: [], whole: [] };
      for (let round = 0; round < rounds; round++)
        for (const part of compared) figures[part].push(measure(part, folder, cores));
      const made = new Set(compared.flatMap((part) => figures[part].map(({ derivatives }) => derivatives)));
      if (made.size > 1)
        throw new Error(
          "bare sharp made other derivatives than the service: the comparison would not be fair",
        );
      if (cores === allCores) onAllCores = of(figures.whole, perSecond);
      for (const [part, how] of [
        ["bare", "in turn"],
        ["beside", "side by side"],
      ] as const)
        say(compare(cores, how, figures.whole, figures[part]));
    }
    say("\nOne at a time, milliseconds each: where they go\n");
    say("                 waited  processor");
    const { steps } = measure("steps", folder, 1);
    for (const [name, { waited, processor }] of Object.entries<StepFigures>(steps))
      say(`${name.padEnd(15)}${cell(waited.toFixed(1), 8)}${cell(processor.toFixed(1), 11)}`);
    say(`\n${await measureImgproxy(folder, pictureCount, allCores, onAllCores)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Grain at several scales, so that they are as hard as photos; each is another file. */
async function makePictures(folder: string): Promise<void> {
  const bytes = await grain(4000, 3000).jpeg({ quality: 90 }).toBuffer();
  for (let index = 0; index < pictureCount; index++) {
    // Behind the picture, where no decoder looks: another file with the same work in it.
    await writeFile(join(folder, `${index}.jpg`), Buffer.concat([bytes, Buffer.from([index])]));
  }
}

/** In a process that may use so many cores; elsewhere than on Linux it is only told to work on so many at once. */
function measure(part: PicturesPart, folder: string, cores: number): PicturesFigures {
  const program = join(import.meta.dirname, "pictures-process.ts");
  const command = [process.execPath, program, part, folder, String(cores)];
  if (process.platform === "linux") command.unshift("taskset", "--cpu-list", `0-${cores - 1}`);
  const [file = "", ...parameters] = command;
  const child = spawnSync(file, parameters, {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    // Both as the service is started.
    env: { ...process.env, ...startVariables },
  });
  if (child.status !== 0) throw child.error ?? new Error(`'${command.join(" ")}' ended with ${child.status}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by our own program
  return JSON.parse(child.stdout) as PicturesFigures;
}

type Figure = (figures: PicturesFigures) => number;

function of(all: readonly PicturesFigures[], figure: Figure): number {
  return median(all.map(figure));
}

function compare(
  cores: number,
  how: string,
  whole: readonly PicturesFigures[],
  bare: readonly PicturesFigures[],
): string {
  const ratioOf = (figure: Figure) => of(whole, figure) / of(bare, figure);
  const processor = 1 / ratioOf(({ cpuMilliseconds }) => cpuMilliseconds);
  return [
    cell(cores, 5),
    cell(how, 18),
    cell(of(whole, perSecond).toFixed(2), 9),
    cell(of(bare, perSecond).toFixed(2), 9),
    cell(ratioOf(perSecond).toFixed(2), 9),
    cell(processor.toFixed(2), 20),
    cell(`${of(whole, peak).toFixed(0)}, ${of(bare, peak).toFixed(0)}`, 22),
  ].join("");
}

const perSecond: Figure = (figures) => figures.perSecond;
const peak: Figure = ({ peakMebibytes }) => peakMebibytes;

function cell(content: string | number, width: number): string {
  return String(content).padStart(width);
}
