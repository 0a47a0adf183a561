import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { StoreUnavailableError } from "../../app/storage/object-store.ts";
import { createCloudUploadSessions } from "../../app/uploads/cloud-upload-sessions.ts";
import { sessionObject, uploadObject } from "../../app/uploads/upload-objects.ts";
import type { OpenSession, UploadSessions } from "../../app/uploads/upload-sessions.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { type Cut, type CuttingProxy, startCuttingProxy } from "../storage/cutting-proxy.ts";

const bucket = "uploads";
const quantum = 256 * 1024;
const content = Buffer.alloc(quantum + 1000, "bytes of a photo ");
let server: Awaited<ReturnType<typeof startStorageStandIn>>;
let proxy: CuttingProxy;
let store: CloudObjectStore;
let sessions: UploadSessions;
let count = 0;

beforeAll(async () => {
  const standIn = new StorageStandIn({ allows: () => true });
  standIn.createBucket(bucket);
  server = await startStorageStandIn(standIn);
  proxy = await startCuttingProxy(server.origin);
  store = new CloudObjectStore({ bucket, apiEndpoint: proxy.origin });
  sessions = createCloudUploadSessions({ bucket, uploads: store, apiEndpoint: proxy.origin });
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});
afterEach(() => {
  if (proxy.left() > 0) throw new Error(`${proxy.left()} planned cuts never came`);
});

function newUpload(): OpenSession {
  const names = { userId: "user", uploadId: `upload-${++count}` };
  return { ...names, sizeBytes: content.length, contentType: "image/jpeg", origin: "https://photos.example" };
}

async function send(address: string, first: number, last: number): Promise<Response> {
  const range = `bytes ${first}-${last}/${content.length}`;
  const body = content.subarray(first, last + 1);
  return await fetch(address, { method: "PUT", headers: { "content-range": range }, body });
}

const cuts: Cut[] = [
  { share: 0, how: "reset" },
  { share: 0.5, how: "end" },
];

test.each(cuts)(
  "a session whose opening was not answered is opened again, and takes the bytes (%o)",
  async (cut) => {
    const upload = newUpload();
    proxy.cut(/uploadType=resumable/, cut);
    const { address } = await sessions.open(upload);
    expect((await send(address, 0, content.length - 1)).status).toBe(200);
    expect(await store.stat(uploadObject(upload))).toMatchObject({ sizeBytes: content.length });
    expect((await sessions.open(upload)).address).toBe(address);
  },
);

test("a session opened twice at the same moment is one", async () => {
  const upload = newUpload();
  const opened = await Promise.all([sessions.open(upload), sessions.open(upload)]);
  const { address } = await sessions.open(upload);
  expect(opened.map((session) => session.address)).toEqual([address, address]);
});

test.each(cuts)("a chunk whose answer was lost counts, and the rest goes on from there (%o)", async (cut) => {
  const upload = newUpload();
  const { address } = await sessions.open(upload);
  proxy.cut(/^PUT /, cut);
  await expect(send(address, 0, quantum - 1).then((answer) => answer.text())).rejects.toThrow(
    /fetch failed|terminated/,
  );
  proxy.cut(/^PUT /, cut);
  expect(await sessions.offset(upload, content.length)).toBe(quantum);
  expect((await send(address, quantum, content.length - 1)).status).toBe(200);
  expect(Buffer.from((await store.read(uploadObject(upload)))?.bytes ?? []).equals(content)).toBe(true);
});

test("the last chunk whose answer was lost has finished the object, once", async () => {
  const upload = newUpload();
  const { address } = await sessions.open(upload);
  proxy.cut(/^PUT /, { share: 0 });
  await expect(send(address, 0, content.length - 1)).rejects.toThrow("fetch failed");
  const object = await store.stat(uploadObject(upload));
  expect(await sessions.offset(upload, content.length)).toBe(content.length);
  expect((await send(address, 0, content.length - 1)).status).toBe(200);
  expect(await store.stat(uploadObject(upload))).toEqual(object);
});

test.each(cuts)("cancelling whose answer was lost has cancelled (%o)", async (cut) => {
  const upload = newUpload();
  const { address } = await sessions.open(upload);
  await send(address, 0, quantum - 1);
  proxy.cut(/^DELETE .*upload_id/, cut);
  await sessions.remove(upload);
  expect(await sessions.offset(upload, content.length)).toBeUndefined();
  expect((await send(address, quantum, content.length - 1)).status).toBe(410);
});

test.each([404, 410, 499])("a session that the store answers %i about is gone", async (status) => {
  const upload = newUpload();
  const gone = createServer((_request, reply) => void reply.writeHead(status).end());
  onTestFinished(() => void gone.close());
  await new Promise<void>((resolve) => void gone.listen(0, "127.0.0.1", resolve));
  const address = gone.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  await store.put(sessionObject(upload), Buffer.from(`http://127.0.0.1:${address.port}/`));
  expect(await sessions.offset(upload, content.length)).toBeUndefined();
});

test("a store that stays away is said", async () => {
  const upload = newUpload();
  proxy.cut(/uploadType=resumable/, { share: 0 }, { share: 0 }, { share: 0 });
  await expect(sessions.open(upload)).rejects.toThrow(StoreUnavailableError);
});
