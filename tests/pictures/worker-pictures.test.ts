import { expect, test } from "vitest";
import type { Picture } from "../../app/pictures/pictures.ts";
import { createWorkerPictures } from "../../app/pictures/worker-pictures.ts";
import { fileOf, quarters, readPicture } from "./sample-pictures.ts";

const gibibyte = 2 ** 30;

test("a worker decodes what its memory allows, of every format", async () => {
  const small = await readPicture(await fileOf(await quarters().jpeg().toBuffer()));
  const needing = (decodeBytes: number, format: Picture["format"] = "avif") => ({
    ...small,
    format,
    decodeBytes,
  });
  const worker = createWorkerPictures("main.ts", 2 * gibibyte);
  expect(worker.canDerive(needing(1.2 * gibibyte))).toBe(true);
  expect(worker.canDerive(needing(1.2 * gibibyte, "heic"))).toBe(true);
  expect(worker.canDerive(needing(1.4 * gibibyte))).toBe(false);
  expect(worker.canDerive(needing(1.4 * gibibyte, "heic"))).toBe(false);
  expect(createWorkerPictures("main.ts", gibibyte).canDerive(needing(0.6 * gibibyte))).toBe(false);
});

test("a process with too little memory to decode anything says so at its start, rather than failing each photo", () => {
  for (const mebibytes of [128, 256, 400]) {
    expect(() => createWorkerPictures("main.ts", mebibytes * 2 ** 20)).toThrow(
      `This process may use ${mebibytes} MiB of memory, which leaves too little to decode pictures: give it at least 512 MiB`,
    );
  }
  expect(() => createWorkerPictures("main.ts", 512 * 2 ** 20)).not.toThrow();
});
