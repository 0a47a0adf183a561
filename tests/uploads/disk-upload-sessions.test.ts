import { mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { createDiskUploadSessions } from "../../app/uploads/disk-upload-sessions.ts";
import { uploadObject } from "../../app/uploads/upload-objects.ts";

const name = { userId: "0193a5b8-0000-4000-8000-000000000001", uploadId: "upload" };

test("what arrived whole becomes the object by another name, and nothing is written into it any more", async () => {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-sessions-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = new DiskObjectStore(folder);
  const sessions = createDiskUploadSessions(folder, store);
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index & 0xff));
  const send = (first: number, end: number, content: Buffer) =>
    sessions.append(
      name,
      { first, last: end - 1, sizeBytes: bytes.length },
      Readable.from([content.subarray(first, end)]),
    );

  await sessions.open({
    ...name,
    sizeBytes: bytes.length,
    contentType: "image/jpeg",
    origin: "http://localhost",
  });
  expect(await send(0, 3000, bytes)).toBe(3000);
  const { ino } = await stat(join(folder, ".sessions", name.userId, name.uploadId));
  expect(await send(3000, bytes.length, bytes)).toBe(bytes.length);

  const object = await store.stat(uploadObject(name));
  expect(object?.sizeBytes).toBe(bytes.length);
  expect((await stat(join(folder, uploadObject(name)))).ino).toBe(ino);
  // A chunk that was on its way for long.
  expect(await send(3000, bytes.length, Buffer.alloc(bytes.length))).toBe(bytes.length);
  expect((await store.read(uploadObject(name)))?.bytes).toEqual(bytes);
});
