import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import { QuotaExceededError } from "../../app/catalog/person/errors.ts";
import { CommitOutcomeUnknownError } from "../../app/catalog/protocol/errors.ts";
import { OutcomeUnknownError } from "../../app/storage/object-store.ts";
import type { ObjectStore, StoredObject } from "../../app/storage/object-store.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { formOf } from "./form-body.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

/** Lets the put of one kind of object fail, before or after it took effect. */
function failPut(media: ObjectStore, prefix: string, when: "before" | "after", error: Error): () => void {
  const put = media.put.bind(media);
  media.put = async (name, body, options): Promise<StoredObject> => {
    if (!name.startsWith(prefix)) return put(name, body, options);
    if (when === "after") await put(name, body, options);
    throw error;
  };
  return () => {
    media.put = put;
  };
}

/** Lets photos fail to be recorded before it takes effect, or after it as if the answer had been lost. */
function failRecords(catalog: Catalog, when: "before" | "after", error: Error): () => void {
  const execute = catalog.execute.bind(catalog);
  catalog.execute = async (userId, command, options) => {
    if (command.kind !== "add-photo") return execute(userId, command, options);
    if (when === "after") await execute(userId, command, options);
    throw error;
  };
  return () => {
    catalog.execute = execute;
  };
}

test.each(
  ["thumbnails/", "previews/", "photos/"].flatMap((prefix) =>
    (["before", "after"] as const).flatMap((when) => [
      [prefix, when, new OutcomeUnknownError(prefix), 503] as const,
      [prefix, when, new Error("disk full"), 500] as const,
    ]),
  ),
)(
  "a store that fails at %s %s storing leaves nothing, and repeating completes",
  async (prefix, when, error, status) => {
    const service = await createPhotoServer();
    const bytes = await quarters().jpeg().toBuffer();
    const repair = failPut(service.media, prefix, when, error);
    const { status: received, body } = await upload(service, bytes);
    expect(received).toBe(status);
    expect(JSON.stringify(body)).not.toContain("disk full");
    expect(await service.stored()).toEqual([]);
    expect(await service.recorded()).toBe(0);
    expect(service.waiting()).toEqual([]);
    repair();
    expect((await upload(service, bytes)).status).toBe(201);
    expect(await service.stored()).toHaveLength(3);
  },
);

test.each(["thumbnails/", "previews/", "photos/"])(
  "what is still being stored when %s fails is waited for, and does not come back",
  async (prefix) => {
    const service = await createPhotoServer();
    const put = service.media.put.bind(service.media);
    service.media.put = async (name, body, options) => {
      if (name.startsWith(prefix)) throw new Error("disk full");
      // Longer than removing three objects takes.
      await setTimeout(200);
      return await put(name, body, options);
    };
    const { status } = await upload(service, await quarters().jpeg().toBuffer());
    expect(status).toBe(500);
    await setTimeout(400);
    expect(await service.stored()).toEqual([]);
  },
);

test("a store that takes nothing at all is one fault", async () => {
  const service = await createPhotoServer();
  service.media.put = (name) => Promise.reject(new OutcomeUnknownError(name));
  expect((await upload(service, await quarters().jpeg().toBuffer())).status).toBe(503);
  expect(service.waiting()).toEqual([]);
});

test("a store that keeps other bytes than it was given is found out", async () => {
  const service = await createPhotoServer();
  const put = service.media.put.bind(service.media);
  service.media.put = async (name, body, options) => {
    const object = await put(name, body, options);
    return name.startsWith("photos/") ? { ...object, crc32c: "AAAAAA==" } : object;
  };
  const { body } = await upload(service, await quarters().jpeg().toBuffer());
  expect(body).toMatchObject({ status: 500, code: "stored-wrong" });
  expect(body["detail"]).toMatch(/send it again/);
  expect(await service.stored()).toEqual([]);
});

test("a record that is refused takes everything with it", async () => {
  const service = await createPhotoServer();
  failRecords(service.catalog, "before", new QuotaExceededError(1, 2, 3));
  const { status } = await upload(service, await quarters().jpeg().toBuffer());
  expect(status).toBeGreaterThanOrEqual(400);
  expect(await service.stored()).toEqual([]);
  expect(service.waiting()).toEqual([]);
});

test.each([new CommitOutcomeUnknownError(), new TypeError("nobody thought of this one")])(
  "a record whose outcome nobody knows keeps its bytes, and repeating finds the photo (%s)",
  async (error) => {
    const service = await createPhotoServer();
    const bytes = await quarters().jpeg().toBuffer();
    const repair = failRecords(service.catalog, "after", error);
    expect((await upload(service, bytes)).status).toBeGreaterThanOrEqual(500);
    repair();
    expect(await service.stored()).toHaveLength(3);
    const { status, body } = await upload(service, bytes);
    expect(status).toBe(200);
    expect(await service.stored()).toContain(body["storage_path"]);
    expect(await service.stored()).toHaveLength(3);
  },
);

test("what cannot be removed again is written down for the reconciler", async () => {
  const service = await createPhotoServer();
  failRecords(service.catalog, "before", new QuotaExceededError(1, 2, 3));
  service.media.delete = () => Promise.reject(new Error("store away"));
  await upload(service, await quarters().jpeg().toBuffer());
  const left = service.lines.filter(({ message }) => message === "object left behind by a refused upload");
  expect(left.map(({ objectName }) => objectName)).toEqual((await service.stored()).toSorted());
});

test("a client that hangs up in the middle leaves nothing", async () => {
  const service = await createPhotoServer();
  const address = new URL(await service.server.listen({ host: "127.0.0.1", port: 0 }));
  const form = formOf({
    name: "file",
    filename: "a.jpg",
    content: await quarters(2000, 1500).png().toBuffer(),
  });
  const socket = connect(Number(address.port), "127.0.0.1");
  const headers = {
    ...service.headers,
    ...form.headers,
    host: "x",
    "content-length": String(form.payload.length),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /v1/photos HTTP/1.1\r\n${lines.join("")}\r\n`);
  socket.write(form.payload.subarray(0, form.payload.length / 2));
  await expect.poll(() => service.waiting().length, { timeout: 5000 }).toBe(1);
  socket.destroy();
  await expect.poll(() => service.waiting().length, { timeout: 5000 }).toBe(0);
  expect(await service.stored()).toEqual([]);
  expect(await service.recorded()).toBe(0);
});
