import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { copyFile, mkdtemp, open, readdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { rgbaToThumbHash } from "thumbhash";
import { createCatalog } from "../app/catalog/create-catalog.ts";
import { addPhoto } from "../app/photos/add-photo.ts";
import { createInbox } from "../app/photos/inbox.ts";
import { MemoryBudget } from "../app/photos/memory-budget.ts";
import { createProcessingQueue } from "../app/photos/processing-queue.ts";
import { sharp } from "../app/pictures/bounded-sharp.ts";
import type { Derivatives } from "../app/pictures/derivatives.ts";
import { createPictures } from "../app/pictures/pictures.ts";
import { DiskObjectStore } from "../app/storage/disk-object-store.ts";

/**
 * `bare`: sharp alone, what is made of a picture one after the other. `beside`: the same, side by side, as the service does.
 * `whole`: the service's way. `steps`: that, one picture after the other and step by step.
 */
export type PicturesPart = "bare" | "beside" | "whole" | "steps";

export interface StepFigures {
  readonly waited: number;
  /** Of the whole process while the step ran. */
  readonly processor: number;
}

export interface PicturesFigures {
  readonly perSecond: number;
  /** For each picture, user and system together. */
  readonly cpuMilliseconds: number;
  readonly peakMebibytes: number;
  /** A sum over one picture's derivatives, to tell that others made the same. */
  readonly derivatives: string;
  readonly steps: Readonly<Record<string, StepFigures>>;
}

/** By then the code that every picture takes is compiled, as in a process that has run for a while. */
const warmCount = 8;

const person = "0193a5b8-0000-4000-8000-000000000001";

/** `node pictures-process.ts PART FOLDER CORES`, in a process of its own; writes its figures as JSON. */
const [part = "", folder = "", cores = ""] = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg"));
const files = names.map((name) => join(folder, name));
const steps = new Map<string, { waited: number; processor: number }>();
let derivatives = "";
/** Of steps that are counted alone. */
let turn: Promise<unknown> = Promise.resolve();

if (part === "bare") await measure((path) => bareSharp(path, inTurn), Number(cores));
else if (part === "beside") await measure((path) => bareSharp(path, sideBySide), Number(cores));
else {
  const place = join(folder, `${part}-${process.pid}`);
  const service = await openService(place);
  // Others arrive or are being stored while some are decoded, as behind a server.
  await measure((path) => service.add(path), part === "steps" ? 1 : Number(cores) * 3);
  await service.close();
  await empty(place);
}

async function measure(work: (path: string) => Promise<void>, atOnce: number): Promise<void> {
  const warm = files.slice(0, warmCount);
  const measured = files.slice(warmCount);
  await eachOf(warm, atOnce, work);
  const copies = await mkdtemp(join(folder, "copies-"));
  const room = await fillMemory(copies, measured);
  steps.clear();
  const before = process.cpuUsage();
  const begin = performance.now();
  await eachOf(measured, atOnce, async (path) => {
    const copy = room.pop();
    if (copy !== undefined) await truncate(copy);
    await work(path);
  });
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  const figures: PicturesFigures = {
    perSecond: measured.length / seconds,
    cpuMilliseconds: (user + system) / 1000 / measured.length,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
    derivatives,
    steps: Object.fromEntries(
      [...steps].map(([name, { waited, processor }]) => [
        name,
        { waited: waited / measured.length, processor: processor / measured.length },
      ]),
    ),
  };
  process.stdout.write(JSON.stringify(figures));
}

/**
 * The host of a virtual machine takes back memory that lies free for two seconds, and asking for it again costs six times
 * what writing a file costs. Where a service has run for a while none lies free: what is written takes the place of
 * what was there, here of as many copies.
 *
 * @returns the copies, of which each picture empties one
 */
async function fillMemory(copies: string, paths: readonly string[]): Promise<string[]> {
  const made: string[] = [];
  for (const path of paths) {
    const copy = join(copies, `${made.length}`);
    made.push(copy);
    await copyFile(path, copy);
    const file = await open(copy);
    await file.sync();
    await file.close();
  }
  return made;
}

/**
 * Gives the memory of what was written to the next measurement, but leaves the files: ext4 looks at each that was removed
 * in the last minutes before it makes a new one, which takes half a millisecond each time.
 */
async function empty(written: string): Promise<void> {
  for (const entry of await readdir(written, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await truncate(join(entry.parentPath, entry.name));
}

type Work<R> = () => Promise<R>;

/** Two pieces of work, one after the other or side by side. */
type Both = <A, B>(one: Work<A>, other: Work<B>) => Promise<readonly [A, B]>;

async function inTurn<A, B>(one: Work<A>, other: Work<B>): Promise<readonly [A, B]> {
  return [await one(), await other()];
}

async function sideBySide<A, B>(one: Work<A>, other: Work<B>): Promise<readonly [A, B]> {
  return await Promise.all([one(), other()]);
}

async function bareSharp(path: string, both: Both): Promise<void> {
  const fit = "inside";
  const { data, info } = await sharp(path, { autoOrient: true })
    .resize({ width: 1600, height: 1600, fit })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const shown = () => sharp(data, { raw: { width, height, channels } });
  const smallOnes = async () => {
    const small = await shown()
      .resize({ width: 400, height: 400, fit })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: small.info.width, height: small.info.height, channels };
    const tiny = sharp(small.data, { raw }).resize({ width: 100, height: 100, fit }).ensureAlpha().raw();
    return await both(
      () => sharp(small.data, { raw }).webp({ quality: 80 }).toBuffer(),
      () => tiny.toBuffer({ resolveWithObject: true }),
    );
  };
  const [preview, [thumbnail, tiny]] = await both(() => shown().jpeg({ quality: 80 }).toBuffer(), smallOnes);
  const hash = rgbaToThumbHash(tiny.info.width, tiny.info.height, tiny.data);
  derivatives ||= sumOf({ preview, thumbnail, thumbhash: Buffer.from(hash).toString("base64") });
}

async function openService(place: string) {
  const records = new DiskObjectStore(join(place, "records"));
  const cacheFolder = join(place, "cache");
  const catalog = await createCatalog({ records, cacheFolder });
  const inbox = createInbox({
    cacheFolder,
    memory: new MemoryBudget({ totalBytes: 1024 * 2 ** 20, workBytes: 512 * 2 ** 20, waiting: files.length }),
  });
  const media = new DiskObjectStore(join(place, "media"));
  media.put = stepped("store", media.put.bind(media));
  const pictures = createPictures({ concurrent: Number(cores), waiting: files.length });
  const dependencies = {
    catalog: {
      ...catalog,
      photoOfContent: stepped("look for it", (...of: Parameters<typeof catalog.photoOfContent>) =>
        catalog.photoOfContent(...of),
      ),
      execute: stepped("record", (...command: Parameters<typeof catalog.execute>) =>
        catalog.execute(...command),
      ),
    },
    media,
    pictures: {
      ...pictures,
      inspect: stepped("inspect", (path: string) => pictures.inspect(path)),
      derive: stepped("derive", async (...parameters: Parameters<typeof pictures.derive>) => {
        const derived = await pictures.derive(...parameters);
        derivatives ||= sumOf(derived.derivatives);
        return derived;
      }),
    },
    processing: createProcessingQueue(new DiskObjectStore(join(place, "uploads"))),
    reportLeftover: (error: unknown) => {
      throw error;
    },
  };
  const receive = stepped("receive", (...file: Parameters<typeof inbox.receive>) => inbox.receive(...file));
  return {
    async add(path: string) {
      const file = await receive(arriving(path), 30 * 2 ** 20);
      const upload = { userId: person, file, filename: "a.jpg", title: null, private: undefined };
      await addPhoto(dependencies, { ...upload, idempotencyKey: path });
      await file.discard();
    },
    async close() {
      await inbox.close();
      await catalog.close();
    },
  };
}

/**
 * The file as a socket's bytes arrive: in pieces of 64 KiB, each read by the thread that has the event loop. A file's own
 * stream takes a turn of another thread for each, which no request does.
 */
function arriving(path: string): Readable {
  const file = openSync(path, "r");
  return new Readable({
    read() {
      const piece = Buffer.allocUnsafeSlow(65_536);
      const length = readSync(file, piece);
      this.push(length === 0 ? null : piece.subarray(0, length));
    },
    destroy(error, callback) {
      closeSync(file);
      callback(error);
    },
  });
}

/** Adds what each call takes to the step's figures; they mean something where one runs at a time, as in `steps`. */
function stepped<P extends unknown[], R>(name: string, call: (...parameters: P) => Promise<R>) {
  const timed = async (...parameters: P): Promise<R> => {
    const before = process.cpuUsage();
    const begin = performance.now();
    const result = await call(...parameters);
    const { user, system } = process.cpuUsage(before);
    const step = steps.get(name) ?? { waited: 0, processor: 0 };
    steps.set(name, step);
    step.waited += performance.now() - begin;
    step.processor += (user + system) / 1000;
    return result;
  };
  if (part !== "steps") return timed;
  return (...parameters: P): Promise<R> => {
    const done = turn.then(() => timed(...parameters));
    turn = done.catch(() => undefined);
    return done;
  };
}

async function eachOf(paths: readonly string[], atOnce: number, work: (path: string) => Promise<void>) {
  const left = [...paths];
  const worker = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) await work(path);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function sumOf({ preview, thumbnail, thumbhash }: Derivatives): string {
  return createHash("sha256").update(preview).update(thumbnail).update(thumbhash).digest("hex");
}
