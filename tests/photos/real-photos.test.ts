import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finishProcessing } from "../../app/photos/finish-processing.ts";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createHeicDecoder } from "../../app/pictures/heic-decoder.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { type ExpectedOfPhoto, expectedOfPhotos, photosFolder } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

/** 16 kB in the middle of its picture data are lost. */
const damagedBeyondUse = "broken/corrupted.jpg";
/** Its sensitivity stands in its maker's own notes only, which are not read. */
const withoutIso = "broken/28-hex_value.jpg";

/** ExifTool tells the size as stored. Where a HEIC is turned by its own boxes, its EXIF only repeats it. */
function isTurned({ Orientation = 1 }: ExpectedOfPhoto): boolean {
  return Orientation >= 5;
}

function minutesOf(offset: string | undefined): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset ?? "") ?? [];
  return sign === undefined ? null : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}

/** What a photo's record must hold of a value that ExifTool read, or null of none. Nought means unknown. */
function held<T>(value: T | 0 | undefined, as: (value: T) => unknown): unknown {
  return value === undefined || value === 0 ? null : as(value);
}

const near = (value: number) => expect.closeTo(value, 6);
const containing = (text: string) => expect.stringContaining(text);

const photos = Object.entries(expectedOfPhotos());

test.skipIf(!photos.some(([name]) => name === damagedBeyondUse))(
  "a photo that is damaged inside is refused with its reason",
  async () => {
    const service = await createPhotoServer();
    const { status, body } = await upload(service, await readFile(join(photosFolder, damagedBeyondUse)));
    expect({ status, ...body }).toMatchObject({ status: 422, code: "unreadable-picture" });
    expect(body["detail"]).toMatch(/damaged beyond what can be shown/);
    expect(await service.stored()).toEqual([]);
  },
);

test(
  `every other photo of ${photosFolder} uploads, with what ExifTool reads from it`,
  { timeout: 240_000 },
  async () => {
    const service = await createPhotoServer();
    const program = join(import.meta.dirname, "../../app/main.ts");
    const worker = {
      ...service,
      pictures: createPictures({ heic: createHeicDecoder({ program }), decodeBytes: Infinity }),
      inbox: createInbox({
        cacheFolder: join(service.folder, "worker"),
        memory: createWorkingMemory("worker", 4 * 2 ** 30),
      }),
    };
    for (const [name, expected] of photos.filter(([one]) => one !== damagedBeyondUse)) {
      const { status, body } = await upload(service, await readFile(join(photosFolder, name)), name);
      const isHeic = expected.FileType === "HEIC";
      expect({ name, status }).toEqual({ name, status: isHeic ? 202 : 201 });
      const request = { userId: String(body["user_id"]), photoId: String(body["id"]) };
      expect(isHeic ? await finishProcessing(worker, request) : "derived").toBe("derived");
      const url = `/v1/photos/${request.photoId}`;
      const { server, headers } = service;
      const photo = (await server.inject({ url, headers })).json<Record<string, unknown>>();
      const [width, height] = isTurned(expected)
        ? [expected.ImageHeight, expected.ImageWidth]
        : [expected.ImageWidth, expected.ImageHeight];
      expect({ name, ...photo }).toMatchObject({
        name,
        state: "ready",
        filename: name.split("/").at(-1),
        content_type: isHeic ? "image/heic" : "image/jpeg",
        width,
        height,
        taken_at: expected.DateTimeOriginal?.replace(/^(\d+):(\d+):(\d+) /, "$1-$2-$3T") ?? null,
        taken_offset_minutes: minutesOf(expected.OffsetTimeOriginal),
        latitude: held(expected.GPSLatitude, near),
        longitude: held(expected.GPSLongitude, near),
        camera: held(expected.Model, containing),
        lens: expected.LensModel ?? null,
        metadata: {
          make: expected.Make ?? null,
          model: expected.Model ?? null,
          exposure_time_seconds: held(expected.ExposureTime, near),
          f_number: held(expected.FNumber, near),
          focal_length_millimetres: held(expected.FocalLength, near),
          iso: name === withoutIso ? null : held(expected.ISO, near),
        },
      });
      for (const made of ["preview", "thumbnail"])
        expect((await server.inject({ url: `${url}/${made}`, headers })).statusCode).toBe(200);
    }
  },
);
