import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runtimeVariables } from "../../app/runtime-contract.ts";
import { grain } from "../pictures/sample-pictures.ts";
import { createAppGround } from "./app-process.ts";

type Ground = Awaited<ReturnType<typeof createAppGround>>;

async function uploadPhoto(ground: Ground, origin: string, bytes: Uint8Array): Promise<Response> {
  const form = new FormData();
  form.append("file", new Blob([Uint8Array.from(bytes)]), "IMG_1.jpg");
  return fetch(`${origin}/v1/photos`, { method: "POST", headers: await ground.headers(), body: form });
}

const aPhoto = () => grain(400, 300).jpeg().toBuffer();

test.each([{ given: [] }, { given: ["app"] }, { given: ["web", "worker"] }, { given: ["--help"] }])(
  "$given names no role: it says which there are",
  async ({ given }) => {
    const ground = await createAppGround();
    const process = ground.start(given);
    expect((await process.ended).code).toBe(2);
    expect(process.lines).toEqual([
      {
        severity: "CRITICAL",
        message: expect.stringMatching(
          /^Expected one of web, worker, maintenance as the only argument but received '/,
        ),
      },
    ]);
  },
);

test.each(["web", "worker", "maintenance"])(
  "%s refuses to start without its configuration, naming all of it",
  async (role) => {
    const ground = await createAppGround();
    const nothing = Object.fromEntries(Object.keys(ground.environment).map((name) => [name, undefined]));
    const process = ground.start([role], nothing);
    expect((await process.ended).code).toBe(2);
    expect(process.lines).toHaveLength(1);
    for (const name of runtimeVariables)
      expect(process.lines[0]?.["message"]).toContain(`${name} is missing`);
  },
);

test("a photo that was acknowledged is there after kill -9 and a new start", async () => {
  const ground = await createAppGround();
  const first = ground.start(["web"]);
  const bytes = await aPhoto();
  const uploaded = await uploadPhoto(ground, await first.origin, bytes);
  expect(uploaded.status).toBe(201);
  first.kill("SIGKILL");
  const { id } = (await uploaded.json()) as { id: string };
  expect(await first.ended).toEqual({ code: null, signal: "SIGKILL" });

  const second = ground.start(["web"]);
  const origin = await second.origin;
  const headers = await ground.headers();
  const listed = await fetch(`${origin}/v1/photos`, { headers });
  expect(await listed.json()).toMatchObject({
    photos: [
      { id, filename: "IMG_1.jpg", private: true, sha256: createHash("sha256").update(bytes).digest("hex") },
    ],
  });
  const original = await fetch(`${origin}/v1/photos/${id}/original`, { headers });
  expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).toBe(true);
  const me = await fetch(`${origin}/v1/users/me`, { headers });
  expect(await me.json()).toMatchObject({
    email: "alice@example.com",
    storage_used: bytes.length,
    storage_quota: 1_073_741_824,
    settings: { private_by_default: true },
    is_administrator: false,
  });
});

test("asked to stop, it finishes an upload that is under way, lets go of the folder and ends with 0", async () => {
  const ground = await createAppGround();
  const first = ground.start(["web"]);
  const bytes = await aPhoto();
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="IMG_1.jpg"\r\n\r\n';
  const uploading = request(new URL("/v1/photos", await first.origin), {
    method: "POST",
    headers: { ...(await ground.headers()), "content-type": "multipart/form-data; boundary=x" },
  });
  const replied = once(uploading, "response");
  uploading.write(head);
  uploading.write(bytes.subarray(0, 1000));
  const isArriving = () =>
    readdirSync(join(ground.folder, "cache", "web")).some((name) => name.startsWith("inbox-"));
  await expect.poll(isArriving).toBe(true);
  first.kill("SIGTERM");
  await expect.poll(() => first.lines.map(({ message }) => message)).toContain("closing");
  uploading.end(Buffer.concat([bytes.subarray(1000), Buffer.from("\r\n--x--\r\n")]));
  const [reply] = (await replied) as [IncomingMessage];
  expect([reply.statusCode, reply.headers.connection]).toEqual([201, "close"]);
  reply.resume();
  expect(await first.ended).toEqual({ code: 0, signal: null });
  expect(readdirSync(join(ground.folder, "cache", "web"))).not.toContainEqual(
    expect.stringMatching(/^inbox-/),
  );

  const second = ground.start(["web"]);
  const listed = await fetch(`${await second.origin}/v1/photos`, { headers: await ground.headers() });
  expect(await listed.json()).toMatchObject({ photos: [{ filename: "IMG_1.jpg" }] });
});

test("what a killed process had received in part is removed by the next upload of another", async () => {
  const ground = await createAppGround();
  const inboxes = () =>
    readdirSync(join(ground.folder, "cache", "web")).filter((name) => name.startsWith("inbox-"));
  const first = ground.start(["web"]);
  expect((await uploadPhoto(ground, await first.origin, await aPhoto())).status).toBe(201);
  const [abandoned] = inboxes();
  first.kill("SIGKILL");
  await first.ended;
  const second = ground.start(["web"]);
  expect((await uploadPhoto(ground, await second.origin, await aPhoto())).status).toBe(200);
  expect(inboxes()).toHaveLength(1);
  expect(inboxes()).not.toContain(abandoned);
});

test("a second process on the same data folder is refused in clear words, and the first goes on", async () => {
  const ground = await createAppGround();
  const first = ground.start(["web"]);
  const origin = await first.origin;
  const second = ground.start(["web"]);
  expect((await second.ended).code).toBe(1);
  expect(second.lines.at(-1)).toMatchObject({
    severity: "CRITICAL",
    message: expect.stringMatching(
      /^the data folder .+ is in use by process \d+ .+ start this one with another data folder/,
    ),
  });
  expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
});

test("a request that goes round the edge gets 401, and the reason is in the log only", async () => {
  const ground = await createAppGround();
  const web = ground.start(["web"]);
  const reply = await fetch(`${await web.origin}/v1/photos`, {
    headers: { "x-goog-authenticated-user-email": "accounts.google.com:alice@example.com" },
  });
  expect(reply.status).toBe(401);
  expect(await reply.text()).not.toMatch(/missing|assertion|token/);
  await expect
    .poll(() => web.lines)
    .toContainEqual(expect.objectContaining({ severity: "WARNING", reason: "missing" }));
});

test("while the proxy's keys cannot be read nobody is let in and nobody is called a forger", async () => {
  const ground = await createAppGround();
  const web = ground.start(["web"], { IAP_KEY_SET_URL: "http://127.0.0.1:1/keys" });
  const reply = await fetch(`${await web.origin}/v1/photos`, { headers: await ground.headers() });
  expect(reply.status).toBe(503);
  expect(await reply.json()).toMatchObject({ code: "key-set-unavailable" });
});

test("the worker answers its health and takes nothing else", async () => {
  const ground = await createAppGround();
  const worker = ground.start(["worker"]);
  const origin = await worker.origin;
  expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
  const event = await fetch(`${origin}/events`, {
    method: "POST",
    body: "{}",
    headers: await ground.headers(),
  });
  expect(event.status).toBe(404);
  expect(await event.json()).toMatchObject({ code: "not-found" });
  worker.kill("SIGTERM");
  expect(await worker.ended).toEqual({ code: 0, signal: null });
});

test("maintenance runs beside web, says what it did and ends with 0", async () => {
  const ground = await createAppGround();
  await ground.start(["web"]).origin;
  const maintenance = ground.start(["maintenance"]);
  expect((await maintenance.ended).code).toBe(0);
  expect(maintenance.lines).toMatchObject([
    { severity: "INFO", task: "check-stores", stores: 3 },
    { severity: "INFO", task: "remove-leftovers", removed_files: 0 },
    { severity: "INFO", task: "sweep", completed_uploads: 0 },
    { severity: "INFO", task: "purge", purged_photos: 0 },
    { severity: "INFO", task: "redact" },
    { severity: "INFO", task: "publish" },
    { severity: "INFO", task: "keep-up" },
    { severity: "INFO", task: "delete-closed" },
  ]);
});

test("maintenance says beforehand what it would do, and refuses what it does not know", async () => {
  const ground = await createAppGround();
  const dry = ground.start(["maintenance", "--dry-run"]);
  expect((await dry.ended).code).toBe(0);
  expect(dry.lines).toMatchObject([
    { task: "check-stores", dry_run: true, message: "check-stores would do this" },
    { task: "remove-leftovers", dry_run: true, removed_files: 0 },
    { task: "sweep", dry_run: true, completed_uploads: 0 },
    { task: "purge", dry_run: true, purged_photos: 0 },
    { task: "redact", dry_run: true },
    { task: "publish", dry_run: true },
    { task: "keep-up", dry_run: true, people: 0, snapshots: 0 },
    { task: "delete-closed", dry_run: true },
  ]);
  const reported = ground.start(["maintenance", "purge", "--dry-run", "--report=json"]);
  expect((await reported.ended).code).toBe(0);
  expect(reported.lines).toContainEqual(
    expect.objectContaining({
      tasks: [expect.objectContaining({ task: "purge", figures: expect.anything(), findings: [] })],
    }),
  );
  const unknown = ground.start(["maintenance", "prune"]);
  expect((await unknown.ended).code).toBe(2);
  expect(unknown.lines).toMatchObject([{ message: expect.stringMatching(/^There is no task 'prune'/) }]);
});

test.each(["web", "worker", "maintenance"])(
  "%s does not start on a store that cannot be used",
  async (role) => {
    const ground = await createAppGround();
    const process = ground.start([role], { MEDIA_STORE: "file:///dev/null/media" });
    expect((await process.ended).code).toBe(1);
    expect(process.lines).toMatchObject([
      {
        severity: "CRITICAL",
        message: expect.stringMatching(/^the store's folder '\/dev\/null\/media' cannot be used/),
      },
    ]);
  },
);

test("a store that goes away makes web not ready and maintenance fail", async () => {
  const ground = await createAppGround();
  const web = ground.start(["web"]);
  const origin = await web.origin;
  expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
  rmSync(join(ground.folder, "media"), { recursive: true });
  writeFileSync(join(ground.folder, "media"), "");
  await expect.poll(async () => (await fetch(`${origin}/health/ready`)).status, { timeout: 5000 }).toBe(503);
  expect((await ground.start(["maintenance"]).ended).code).toBe(1);
});
