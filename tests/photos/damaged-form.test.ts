import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { quarters } from "../pictures/sample-pictures.ts";
import { createPhotoServer, upload } from "./photo-server.ts";

type PhotoServer = Awaited<ReturnType<typeof createPhotoServer>>;

const form = "multipart/form-data; boundary=b";
const file = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n';

test.each([
  ["without a boundary", "multipart/form-data", "x", 415],
  ["with a boundary longer than any", `multipart/form-data; boundary=${"b".repeat(300)}`, "x", 415],
  ["of another multipart type", "multipart/mixed; boundary=b", "--b--", 415],
  ["that holds nothing", form, "", 400],
  ["that never begins", form, "x", 400],
  ["that ends after its first boundary", form, "--b\r\n", 400],
  ["that ends within the file", form, `${file}abc`, 400],
  ["that ends within a field", form, '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nabc', 400],
  ["with a part that has no name", form, "--b\r\ncontent-disposition: form-data\r\n\r\nabc\r\n--b--", 400],
  ["with a header of 100 kB", form, `--b\r\n${"x".repeat(100_000)}: y\r\n\r\nabc\r\n--b--`, 400],
  [
    "with a field named __proto__",
    form,
    '--b\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nx\r\n--b--',
    400,
  ],
])("a form %s is refused as the sender's fault and leaves nothing", async (_how, type, payload, status) => {
  const service = await createPhotoServer();
  const reply = await service.server.inject({
    method: "POST",
    url: "/v1/photos",
    headers: { ...service.headers, "content-type": type },
    payload,
  });
  expect([reply.statusCode, reply.json().status]).toEqual([status, status]);
  expect(service.lines.filter(({ severity }) => severity === "ERROR")).toEqual([]);
  expect([await service.stored(), service.waiting()]).toEqual([[], []]);
});

/** A form over a connection of its own, of which the caller writes as much as it likes. */
async function beginUpload({ server, headers }: PhotoServer): Promise<ClientRequest> {
  await server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = server.server.address() as AddressInfo;
  return request({
    port,
    method: "POST",
    path: "/v1/photos",
    headers: { ...headers, "content-type": form },
  });
}

test("a file that stops on its way is given up, and its room is free for others", async () => {
  const service = await createPhotoServer({ stallSeconds: 0.2, roomBytes: 31 * 2 ** 20 });
  const uploading = await beginUpload(service);
  onTestFinished(() => void uploading.destroy());
  const answered = new Promise<IncomingMessage>((resolve) => uploading.once("response", resolve));
  uploading.write(`${file}abc`);
  const answer = await answered;
  expect(answer.statusCode).toBe(408);
  expect(await json(answer)).toMatchObject({
    code: "file-stalled",
    detail: "No more of the file has arrived for 0.2 seconds; send it again.",
  });
  expect(service.waiting()).toEqual([]);
  // As much as there is room for: without a length each counts as thirty MiB.
  expect((await upload(service, await quarters().jpeg().toBuffer())).status).toBe(201);
  expect(service.lines.filter(({ severity }) => severity === "ERROR")).toEqual([]);
});

test("a file that arrives too slowly is given up for one that waits for its room, and says what to do", async () => {
  const checks = new Set<() => void>();
  const service = await createPhotoServer({
    roomBytes: 31 * 2 ** 20,
    every: (_seconds, work) => {
      checks.add(work);
      return () => void checks.delete(work);
    },
  });
  const slow = await beginUpload(service);
  onTestFinished(() => void slow.destroy());
  const answered = new Promise<IncomingMessage>((resolve) => slow.once("response", resolve));
  slow.write(`${file}abc`);
  await expect.poll(() => checks.size).toBe(1);
  const [check] = checks;
  const quick = upload(service, await quarters().jpeg().toBuffer());
  // Until the other waits, nothing is given up, however often it is looked.
  await expect
    .poll(() => {
      check?.();
      return checks.size;
    })
    .toBe(0);
  const answer = await answered;
  expect(answer.statusCode).toBe(408);
  expect(await json(answer)).toMatchObject({
    code: "file-too-slow",
    detail: expect.stringMatching(/others wait for its room.*POST \/v1\/uploads/),
  });
  expect((await quick).status).toBe(201);
  expect(service.waiting()).toEqual([]);
  expect(service.lines.filter(({ severity }) => severity === "ERROR")).toEqual([]);
});

test("a client that goes away within the file leaves nothing, and nobody is woken for it", async () => {
  const service = await createPhotoServer();
  const uploading = await beginUpload(service);
  uploading.on("error", () => {});
  uploading.write(`${file}abc`);
  await expect.poll(() => service.waiting()).toHaveLength(1);
  uploading.destroy();
  await expect.poll(() => service.lines).toContainEqual(expect.objectContaining({ code: "client-gone" }));
  await expect.poll(() => service.waiting()).toEqual([]);
  expect(service.lines.filter(({ severity }) => severity === "ERROR")).toEqual([]);
  expect(await service.stored()).toEqual([]);
});
