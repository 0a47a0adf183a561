import { createHash } from "node:crypto";
import { request } from "node:http";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { type PhotoServer, createPhotoServer } from "../photos/photo-server.ts";
import { quarters } from "../pictures/sample-pictures.ts";
import { sendContent } from "./send-content.ts";

type Copy = PhotoServer["media"]["copy"];

/** An upload of which every byte has arrived. */
async function arrived(options?: Parameters<typeof createPhotoServer>[0]) {
  const service = await createPhotoServer(options);
  const bytes = await quarters().jpeg().toBuffer();
  const { server, headers, media, uploads } = service;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const payload = { filename: "a.jpg", size_bytes: bytes.length, sha256 };
  const opened = await server.inject({ method: "POST", url: "/v1/uploads", headers, payload });
  const { id } = opened.json<{ id: string }>();
  const url = `/v1/uploads/${id}`;
  await sendContent(service, id, bytes);
  const copy: Copy = media.copy.bind(media);
  const openRead = uploads.openRead.bind(uploads);
  return {
    service,
    bytes,
    url,
    complete: () => server.inject({ method: "POST", url: `${url}/complete`, headers }),
    cancel: () => server.inject({ method: "DELETE", url, headers }),
    /** Runs something once there is room, before what arrived is read, once. */
    beforeRead: (work: () => Promise<unknown>) => {
      uploads.openRead = async (...given) => {
        uploads.openRead = openRead;
        await work();
        return await openRead(...given);
      };
    },
    /** Runs something before the original is copied, once. */
    beforeCopy: (work: () => Promise<unknown>) => {
      media.copy = async (...given) => {
        media.copy = copy;
        await work();
        return await copy(...given);
      };
    },
  };
}

test("the original is copied by the store, not sent a second time, and of the type that it is", async () => {
  const { service, bytes, complete } = await arrived();
  const put: string[] = [];
  const { media } = service;
  const plain = media.put.bind(media);
  media.put = (name, ...rest) => {
    put.push(name.split("/")[0] ?? "");
    return plain(name, ...rest);
  };
  const photo = (await complete()).json<Record<string, unknown>>();
  expect(put).toEqual(["thumbnails", "previews"]);
  const original = await media.read(String(photo["storage_path"]));
  expect(bytes.equals(original?.bytes ?? new Uint8Array())).toBe(true);
  expect(original?.object).toMatchObject({
    contentType: "image/jpeg",
    crc32c: photo["crc32c"],
    generation: photo["generation"],
  });
});

test("who completes second, and finds what had arrived gone, is given the first one's photo", async () => {
  const { service, complete, beforeCopy } = await arrived();
  let first: unknown;
  beforeCopy(async () => {
    first = (await complete()).json<{ id: string }>().id;
  });
  const second = await complete();
  expect([second.statusCode, second.json<{ id: string }>().id]).toEqual([200, first]);
  expect(await service.recorded()).toBe(1);
  expect(await service.stored()).toHaveLength(3);
});

test("whoever waited for room while another completed the upload is given that one's photo", async () => {
  const { service, complete, beforeRead } = await arrived();
  let first: unknown;
  beforeRead(async () => {
    first = (await complete()).json<{ id: string }>().id;
  });
  const second = await complete();
  expect([second.statusCode, second.json<{ id: string }>().id]).toEqual([200, first]);
  expect(await service.recorded()).toBe(1);
  expect(await service.stored()).toHaveLength(3);
  expect(service.waiting()).toEqual([]);
});

test("what is cancelled while its completion waits for room is not found any more", async () => {
  const { service, complete, cancel, beforeRead } = await arrived();
  beforeRead(cancel);
  expect((await complete()).json()).toMatchObject({ status: 404, code: "upload-not-found" });
  expect(await service.stored()).toEqual([]);
  expect(await service.recorded()).toBe(0);
});

test("what is cancelled while it is completed is no photo, and leaves nothing", async () => {
  const { service, complete, cancel, beforeCopy } = await arrived();
  beforeCopy(cancel);
  expect((await complete()).json()).toMatchObject({ status: 404, code: "upload-not-found" });
  expect(await service.stored()).toEqual([]);
  expect(await service.recorded()).toBe(0);
});

test("what the store copied wrongly is no photo", async () => {
  const { service, complete } = await arrived();
  const { media } = service;
  const copy: Copy = media.copy.bind(media);
  media.copy = async (...given) => ({ ...(await copy(...given)), crc32c: "AAAAAA==" });
  expect((await complete()).statusCode).toBeGreaterThanOrEqual(500);
  expect(await service.stored()).toEqual([]);
  media.copy = copy;
  expect((await complete()).statusCode).toBe(201);
});

test("a store that stops in the middle of what arrived is away, not the file slow, and again completes it", async () => {
  const { service, complete } = await arrived();
  const { uploads, lines } = service;
  const openRead = uploads.openRead.bind(uploads);
  const held = new PassThrough();
  held.write("some of it");
  expect(held.readableLength).toBeGreaterThan(0);
  uploads.openRead = async (...given) => {
    const opened = await openRead(...given);
    opened?.stream.destroy();
    return opened && { ...opened, stream: held };
  };
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const completing = complete();
  // Until what there is of it has been read.
  while (held.readableLength > 0) await setImmediate();
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  const reply = await completing;
  expect(reply.json()).toMatchObject({ status: 503, code: "store-unavailable" });
  expect(reply.headers["retry-after"]).toBe("5");
  expect(lines).toContainEqual(
    expect.objectContaining({ err: expect.objectContaining({ code: "store-unavailable" }) }),
  );
  expect(service.waiting()).toEqual([]);
  uploads.openRead = openRead;
  expect((await complete()).statusCode).toBe(201);
});

test("who hangs up while there is no room waits for none, and what has arrived stays", async () => {
  const { service, url, complete } = await arrived({ roomBytes: 1_000_000 });
  const { server, uploads, memory, headers, lines } = service;
  const others = await memory.enter(1_000_000);
  const origin = await server.listen({ port: 0, host: "127.0.0.1" });
  const asked = request(new URL(`${url}/complete`, origin), { method: "POST", headers });
  asked.on("error", () => {});
  asked.end();
  await expect.poll(() => memory.isWanted).toBe(true);
  const openRead = uploads.openRead.bind(uploads);
  uploads.openRead = () => Promise.reject(new Error("there was room after all"));
  asked.destroy();
  await expect.poll(() => lines).toContainEqual(expect.objectContaining({ code: "client-gone" }));
  expect(memory.isWanted).toBe(false);
  others.release();
  uploads.openRead = openRead;
  expect(lines.filter(({ severity }) => severity === "ERROR")).toEqual([]);
  expect((await complete()).statusCode).toBe(201);
});

test("a title that an earlier release took for an upload, and that none of a photo may have, is shortened", async () => {
  const { service, complete } = await arrived();
  const { catalog } = service;
  const upload = catalog.upload.bind(catalog);
  vi.spyOn(catalog, "upload").mockImplementation(async (...asked) => {
    const found = await upload(...asked);
    // Each of these is two characters once it is normalised.
    return found && { ...found, title: "\u0958".repeat(200) };
  });
  const reply = await complete();
  expect(reply.statusCode).toBe(201);
  expect(reply.json()).toMatchObject({ title: `${"\u0915\u093c".repeat(99)}\u0915…` });
});
