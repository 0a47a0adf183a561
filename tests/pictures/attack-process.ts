import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { createHeicDecoder } from "../../app/pictures/heic-decoder.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { grain } from "./sample-pictures.ts";

/** `files`: those in the folder. Else copies of a sound picture of each format, spoilt. */
export type Attack = "files" | "cut off" | "flipped";

export interface AttackFigures {
  /** How many of each sample, or each file by its name, came to which end: `derived` or the code of a refusal. */
  readonly ends: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What is no refusal that a person could be told. */
  readonly surprises: readonly string[];
  /** Bytes that the files had lost that were shown nevertheless. */
  readonly shownWithout: Readonly<Record<string, number>>;
  readonly peakMebibytes: number;
}

/** `node attack-process.ts ATTACK FOLDER COPIES MEBIBYTES`; writes its figures as JSON. */
const [attack = "", folder = "", copies = "", mebibytes = ""] = process.argv.slice(2);
const program = join(import.meta.dirname, "../../app/main.ts");
const pictures = createPictures({ heic: createHeicDecoder({ program }), decodeBytes: 160 * 2 ** 20 });
/** Each costs a process: so many of those that get there are decoded. */
const mostHeicDecoded = 5;
let heicDecoded = 0;
const codes = ["unreadable-picture", "unsupported-picture", "too-many-pixels", "picture-too-slow"];

const ends: Record<string, Record<string, number>> = {};
const shownWithout: Record<string, number> = {};
const surprises: string[] = [];

await pictures.load();
confine(Number(mebibytes) * 2 ** 20);
if (attack === "files") {
  for (const name of await readdir(folder)) await meet(name, join(folder, name));
} else {
  const scratch = join(folder, "copies");
  await mkdir(scratch, { recursive: true });
  const random = randomNumbers(11);
  for (const [name, bytes] of Object.entries(await samples())) {
    for (let copy = 0; copy < Number(copies); copy++) {
      const path = join(scratch, `${copy % 4}`);
      if (attack === "cut off") {
        const length = Math.floor((bytes.length * copy) / Number(copies));
        await writeFile(path, bytes.subarray(0, length));
        if ((await meet(name, path)) === "derived")
          shownWithout[name] = Math.max(shownWithout[name] ?? 0, bytes.length - length);
      } else {
        const spoilt = Buffer.from(bytes);
        for (let flips = 1 + random(20); flips > 0; flips--) spoilt[random(bytes.length)] = random(256);
        await writeFile(path, spoilt);
        await meet(name, path);
      }
    }
  }
}
const peakMebibytes = process.resourceUsage().maxRSS / 1024;
const figures: AttackFigures = { ends, surprises, shownWithout, peakMebibytes };
process.stdout.write(JSON.stringify(figures));

/**
 * From here on the kernel gives this process no more memory than makes so much resident, and what is asked for
 * beyond that fails. (Set before the start it would count what V8 only reserves.)
 */
function confine(bytes: number): void {
  const status = readFileSync("/proc/self/status", "utf8");
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  const limit = read("VmData") + bytes - read("VmRSS");
  const { status: code, stderr } = spawnSync("prlimit", [`--pid=${process.pid}`, `--data=${limit}`]);
  if (code !== 0) throw new Error(`prlimit did not set the limit of ${limit} bytes: ${String(stderr)}`);
}

async function meet(name: string, path: string): Promise<string> {
  const end = await endOf(name, path);
  const counts = (ends[name] ??= {});
  counts[end] = (counts[end] ?? 0) + 1;
  return end;
}

async function endOf(name: string, path: string): Promise<string> {
  try {
    const picture = await pictures.inspect(path);
    if (!pictures.canDerive(picture)) return "left to the worker";
    if (picture.format === "heic" && ++heicDecoded > mostHeicDecoded) return "inspected";
    const { derivatives } = await pictures.derive(path, picture);
    const { width, height } = await sharp(derivatives.preview).metadata();
    if (!(width <= 1600 && height <= 1600)) surprises.push(`${name}: ${width} × ${height}`);
    return "derived";
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (typeof code === "string" && codes.includes(code)) return code;
    surprises.push(`${name}: ${String(error)}`);
    return "surprise";
  }
}

function sample() {
  return grain(64, 48)
    .withExif({ IFD0: { Make: "Maker" }, IFD2: { DateTimeOriginal: "2015:09:08 11:02:17" } })
    .withIccProfile("p3")
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`);
}

async function samples(): Promise<Record<string, Buffer>> {
  const frame = await sample().png().toBuffer();
  return {
    JPEG: await sample().jpeg().toBuffer(),
    "progressive JPEG": await sample().jpeg({ progressive: true }).toBuffer(),
    PNG: frame,
    "interlaced PNG of 16 bits": await sample().toColourspace("rgb16").png({ progressive: true }).toBuffer(),
    WebP: await sample().webp().toBuffer(),
    "lossless WebP": await sample().webp({ lossless: true }).toBuffer(),
    "animated WebP": await sharp([frame, frame], { join: { animated: true } })
      .webp()
      .toBuffer(),
    "animated GIF": await sharp([frame, frame], { join: { animated: true } })
      .gif()
      .toBuffer(),
    AVIF: await sample().avif({ effort: 0 }).toBuffer(),
    HEIC: await readFile(join(import.meta.dirname, "fixtures/turned.heic")),
  };
}

function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    return (state >> 8) % limit;
  };
}
