import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createCatalog } from "../app/catalog/create-catalog.ts";
import { addPhoto } from "../app/photos/add-photo.ts";
import { createInbox } from "../app/photos/inbox.ts";
import { createProcessingQueue } from "../app/photos/processing-queue.ts";
import { sharp } from "../app/pictures/bounded-sharp.ts";
import { createPictures } from "../app/pictures/pictures.ts";
import { DiskObjectStore } from "../app/storage/disk-object-store.ts";

const pictureCount = 24;
const person = "0193a5b8-0000-4000-8000-000000000001";

/**
 * Original in, derivatives and record out, beside bare sharp that makes the same two derivatives of the same files
 * from one decode each, as many at once as there are cores. Goal: 0.95 of bare sharp; 400 MiB at one core.
 */
export async function benchmarkPictures(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "imgstream-bench-"));
  try {
    const files = await makePictures(folder);
    const cores = availableParallelism();
    // Both warm, then in turns, so that whatever else the machine does meets both.
    await bareSharp(files.slice(0, 2), cores);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 3; round++) {
      bare.push(await perSecond(files, () => bareSharp(files, cores)));
      ours.push(await perSecond(files, () => whole(files, join(folder, `round-${round}`), cores)));
    }
    const ratio = median(ours) / median(bare);
    const peak = process.resourceUsage().maxRSS / 1024;
    process.stdout.write(
      `12 megapixels, ${cores} at once: original in, derivatives and record out, beside bare sharp: ` +
        `${ratio.toFixed(2)} (goal 0.95)\n` +
        `  here ${median(ours).toFixed(1)}/s, bare sharp ${median(bare).toFixed(1)}/s, peak memory ${peak.toFixed(0)} MiB\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Grain at two scales, so that they are as hard as photos; each is another file. */
async function makePictures(folder: string): Promise<string[]> {
  const [width, height] = [4000, 3000];
  const data = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let index = 0; index < data.length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    data[index] =
      96 + ((Math.floor(index / (width * 3)) >> 4) & 63) + ((index >> 6) & 31) + ((state >> 16) & 31);
  }
  const first = join(folder, "0.jpg");
  await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(first);
  const bytes = await readFile(first);
  const files = [first];
  for (let index = 1; index < pictureCount; index++) {
    // Behind the picture, where no decoder looks: another file with the same work in it.
    const path = join(folder, `${index}.jpg`);
    await writeFile(path, Buffer.concat([bytes, Buffer.from([index])]));
    files.push(path);
  }
  return files;
}

async function bareSharp(files: readonly string[], cores: number): Promise<void> {
  await eachOf(files, cores, async (path) => {
    const { data, info } = await sharp(path, { autoOrient: true })
      .resize({ width: 1600, height: 1600, fit: "inside" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    await sharp(data, { raw }).jpeg({ quality: 80 }).toBuffer();
    await sharp(data, { raw })
      .resize({ width: 400, height: 400, fit: "inside" })
      .webp({ quality: 80 })
      .toBuffer();
  });
}

async function whole(files: readonly string[], folder: string, cores: number): Promise<void> {
  const catalog = await createCatalog({
    records: new DiskObjectStore(join(folder, "records")),
    cacheFolder: join(folder, "cache"),
  });
  const inbox = createInbox({ cacheFolder: join(folder, "cache"), roomBytes: 512 * 2 ** 20 });
  const dependencies = {
    catalog,
    media: new DiskObjectStore(join(folder, "media")),
    pictures: createPictures({ concurrent: cores, waiting: files.length }),
    processing: createProcessingQueue(new DiskObjectStore(join(folder, "uploads"))),
    reportLeftover: (error: unknown) => {
      throw error;
    },
  };
  // Others arrive or are being stored while some are decoded, as behind a server.
  await eachOf(files, cores * 3, async (path) => {
    const arriving = `${path}.arriving`;
    await copyFile(path, arriving);
    const file = await inbox.receive(createReadStream(arriving), 30 * 2 ** 20);
    const upload = { userId: person, file, filename: "a.jpg", title: null, private: undefined };
    await addPhoto(dependencies, { ...upload, idempotencyKey: path });
    await file.discard();
  });
  await inbox.close();
  await catalog.close();
}

async function eachOf(files: readonly string[], atOnce: number, work: (path: string) => Promise<void>) {
  const left = [...files];
  const worker = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) await work(path);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function perSecond(files: readonly string[], work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return files.length / ((performance.now() - start) / 1000);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
