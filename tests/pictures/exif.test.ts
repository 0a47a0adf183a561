import { expect, test } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { noCaptureFacts, readCaptureFacts } from "../../app/pictures/exif.ts";
import { fileOf, quarters, readPicture } from "./sample-pictures.ts";

const camera = {
  IFD0: { Make: "NIKON CORPORATION", Model: "NIKON D70" },
  IFD2: {
    DateTimeOriginal: "2008:03:15 09:52:01",
    OffsetTimeOriginal: "-03:30",
    ExposureTime: "1/200",
    FNumber: "9/1",
    ISOSpeedRatings: "200",
    FocalLength: "100/1",
    LensModel: "AF-S 18-70mm",
  },
  IFD3: {
    GPSLatitudeRef: "S",
    GPSLatitude: "33/1 51/1 30/1",
    GPSLongitudeRef: "W",
    GPSLongitude: "70/1 30/1 0/1",
    GPSAltitudeRef: "0",
    GPSAltitude: "520/1",
  },
};

async function blockOf(exif: Record<string, Record<string, string>>): Promise<Buffer> {
  const bytes = await quarters().withExif(exif).jpeg().toBuffer();
  const { exif: block } = await sharp(bytes).metadata();
  if (block === undefined) throw new Error("the fixture has no EXIF");
  return block;
}

test("everything a camera writes is read", async () => {
  expect(await readCaptureFacts(await blockOf(camera))).toEqual({
    takenAt: "2008-03-15T09:52:01",
    takenOffsetMinutes: -210,
    latitude: expect.closeTo(-33.858333, 5),
    longitude: -70.5,
    camera: "NIKON D70",
    lens: "AF-S 18-70mm",
    exposure: {
      make: "NIKON CORPORATION",
      model: "NIKON D70",
      exposureTimeSeconds: 0.005,
      fNumber: 9,
      iso: 200,
      focalLengthMillimetres: 100,
      altitudeMetres: 520,
    },
  });
});

test("a time without an offset stays local, whatever the server's own zone is", async () => {
  const block = await blockOf({ IFD2: { DateTimeOriginal: "2014:03:30 02:30:00" } });
  const before = process.env["TZ"];
  try {
    for (const zone of ["Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles", "UTC"]) {
      process.env["TZ"] = zone;
      const facts = await readCaptureFacts(block);
      expect(facts).toMatchObject({ takenAt: "2014-03-30T02:30:00", takenOffsetMinutes: null });
    }
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
});

test.each([
  ["Canon", "Canon EOS 40D", "Canon EOS 40D"],
  ["HMD Global", "Nokia 8.3 5G", "HMD Global Nokia 8.3 5G"],
  ["Apple", "iPhone 6", "Apple iPhone 6"],
])("made by %j, model %j, is the camera %j", async (make, model, expected) => {
  const facts = await readCaptureFacts(await blockOf({ IFD0: { Make: make, Model: model } }));
  expect(facts.camera).toBe(expected);
});

function place(latitude: string, longitude: string): Promise<Buffer> {
  return blockOf({
    IFD3: { GPSLatitudeRef: "N", GPSLatitude: latitude, GPSLongitudeRef: "E", GPSLongitude: longitude },
  });
}

test("a place beyond the globe, or without a fix, is no place", async () => {
  for (const block of [
    await place("91/1 0/1 0/1", "10/1 0/1 0/1"),
    await place("10/1 0/1 0/1", "181/1 0/1 0/1"),
    await place("0/1 0/1 0/1", "0/1 0/1 0/1"),
    await place("0/0 0/0 0/0", "0/0 0/0 0/0"),
  ]) {
    expect(await readCaptureFacts(block)).toMatchObject({ latitude: null, longitude: null });
  }
  expect(await readCaptureFacts(await place("0/1 0/1 0/1", "10/1 0/1 0/1"))).toMatchObject({
    latitude: 0,
    longitude: 10,
  });
});

test("damaged EXIF costs what is damaged and never the rest", async () => {
  const block = await blockOf(camera);
  expect(await readCaptureFacts(undefined)).toEqual(noCaptureFacts);
  expect(await readCaptureFacts(Buffer.alloc(2_000_000))).toEqual(noCaptureFacts);
  for (let length = 0; length < block.length; length += 7) await readCaptureFacts(block.subarray(0, length));
  let state = 7;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    return (state >> 8) % limit;
  };
  for (let copy = 0; copy < 300; copy++) {
    const damaged = Buffer.from(block);
    for (let flips = 0; flips < 6; flips++) damaged[6 + random(block.length - 6)] = random(256);
    const facts = await readCaptureFacts(damaged);
    expect(Math.abs(facts.latitude ?? 0)).toBeLessThanOrEqual(90);
    expect(facts.takenAt ?? "2008-03-15T09:52:01").toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  }
});

test("a photo whose EXIF is rubbish is still a photo", async () => {
  const bytes = await quarters().withExif(camera).jpeg().toBuffer();
  const start = bytes.indexOf("Exif\0\0") + 6;
  for (const fill of [0x00, 0xff, 0x41]) {
    const damaged = Buffer.from(bytes).fill(fill, start, start + 200);
    const picture = await readPicture(await fileOf(damaged));
    expect(picture).toMatchObject({ width: 60, height: 40, capture: { takenAt: null, latitude: null } });
  }
});

test("a directory that points to itself ends", async () => {
  const block = Buffer.alloc(6 + 64);
  block.write("Exif\0\0II*\0", "latin1");
  block.writeUInt32LE(8, 6 + 4);
  block.writeUInt16LE(1, 6 + 8);
  // The pointer to the Exif directory names the directory that it stands in, and so does the next one.
  block.writeUInt16LE(0x87_69, 6 + 10);
  block.writeUInt16LE(4, 6 + 12);
  block.writeUInt32LE(1, 6 + 14);
  block.writeUInt32LE(8, 6 + 18);
  block.writeUInt32LE(8, 6 + 22);
  expect(await readCaptureFacts(block)).toMatchObject({ takenAt: null });
});

test("names that are too long for a record are cut, and control characters in them left out", async () => {
  const block = await blockOf({ IFD0: { Model: "A\u001bB" }, IFD2: { LensModel: "x".repeat(300) } });
  expect(await readCaptureFacts(block)).toMatchObject({ camera: "A B", lens: `${"x".repeat(199)}…` });
});
