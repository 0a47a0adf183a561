import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Person, makeJpeg } from "./person.ts";
import { isRunning, makeDataFolder, runNpmStart, runStart, webProcessId } from "./started-product.ts";

interface PhotoReply {
  readonly id: string;
  readonly thumbnail_path: string;
  readonly sha256: string;
}

test(
  "a person signs in, uploads, reads back, and finds everything after a restart",
  { timeout: 120_000 },
  async () => {
    const dataFolder = await makeDataFolder();
    const first = await runStart(dataFolder);
    expect(first.output()).toContain("ImgStream is ready");
    const anna = await Person.signIn(first.origin, "anna@example.com");
    const page = await anna.ask("/");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? "";
    expect((await fetch(`${first.origin}${script}`)).status).toBe(200);

    const bytes = await makeJpeg(1);
    const uploaded = await anna.upload(bytes, "blackbird.jpg");
    expect(uploaded.status).toBe(201);
    const { id } = (await uploaded.json()) as PhotoReply;
    const original = await anna.media(id, "original");
    expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await anna.media(id, "thumbnail")).headers.get("content-type")).toBe("image/webp");
    expect((await anna.media(id, "preview")).headers.get("content-type")).toBe("image/jpeg");
    const ben = await Person.signIn(first.origin, "ben@example.com");
    expect(await ben.photoNames()).toEqual([]);
    expect((await ben.ask(`/v1/photos/${id}`)).status).toBe(404);

    expect(await first.stop()).toBe(0);
    const second = await runStart(dataFolder);
    const again = await Person.signIn(second.origin, "anna@example.com");
    expect(await again.photoNames()).toEqual(["blackbird.jpg"]);
    expect((await again.media(id, "original")).status).toBe(200);
    expect((await stat(join(dataFolder, "identity-key"))).mode & 0o777).toBe(0o600);
  },
);

async function thumbnailCookieOf(person: Person): Promise<string> {
  const cookies = await person.mediaCookies();
  expect(cookies).toHaveLength(3);
  return cookies.find(({ path }) => path.startsWith("/thumbnails/"))?.pair ?? "";
}

test(
  "photos come from the edge by their owner's cookies, and never from the app",
  { timeout: 60_000 },
  async () => {
    const product = await runStart(await makeDataFolder());
    const anna = await Person.signIn(product.origin, "anna@example.com");
    const uploaded = (await (await anna.upload(await makeJpeg(4), "kept.jpg")).json()) as PhotoReply;
    const address = `${product.origin}/${uploaded.thumbnail_path}`;
    const seen = await fetch(address, { headers: { cookie: await thumbnailCookieOf(anna) } });
    expect([seen.status, seen.headers.get("content-type")]).toEqual([200, "image/webp"]);
    const ben = await Person.signIn(product.origin, "ben@example.com");
    expect((await fetch(address, { headers: { cookie: await thumbnailCookieOf(ben) } })).status).toBe(403);
    expect((await fetch(address)).status).toBe(403);
    const mine = await thumbnailCookieOf(anna);
    for (const cookie of [
      mine.replace(/Expires=\d+/, `Expires=${Math.floor(Date.now() / 1000) + 86_400}`),
      mine.replace(/(URLPrefix=[^:]+):(Expires=\d+)/, "$2:$1"),
      mine.replace(/.=?$/, ""),
    ]) {
      expect(cookie).not.toBe(mine);
      expect((await fetch(address, { headers: { cookie } })).status).toBe(403);
    }
    const signed = (await anna.ask(`/v1/photos/${uploaded.id}/thumbnail`)).headers.get("location") ?? "";
    expect((await fetch(`${product.origin}${signed}`)).status).toBe(200);
    for (const forged of [
      signed.replace(/Expires=\d+/, `Expires=${Math.floor(Date.now() / 1000) + 86_400}`),
      signed.replace(/(Expires=\d+)&(KeyName=[^&]+)/, "$2&$1"),
      signed.replace(/.=?$/, ""),
    ]) {
      expect(forged).not.toBe(signed);
      expect((await fetch(`${product.origin}${forged}`)).status).toBe(403);
    }
    const log = await readFile(join(product.dataFolder, "logs/web.log"), "utf8");
    const app = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1] ?? "";
    const headers = { cookie: await thumbnailCookieOf(anna) };
    expect((await fetch(`${app}/${uploaded.thumbnail_path}`, { headers })).status).toBe(401);
  },
);

test(
  "an acknowledged photo outlives kill -9 of the app, which comes back by itself",
  { timeout: 120_000 },
  async () => {
    const product = await runStart(await makeDataFolder());
    const anna = await Person.signIn(product.origin, "anna@example.com");
    expect((await anna.upload(await makeJpeg(2), "kept.jpg")).status).toBe(201);
    const pid = await webProcessId(product.dataFolder);
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(product.output()).toContain("The app (web) is back."), { timeout: 60_000 });
    expect(product.output()).toContain("The app (web) ended by SIGKILL.");
    expect(await webProcessId(product.dataFolder)).not.toBe(pid);
    expect(await anna.photoNames()).toEqual(["kept.jpg"]);
  },
);

test(
  "kill -9 of the runner takes the app with it, and the next start finds what was acknowledged",
  { timeout: 120_000 },
  async () => {
    const dataFolder = await makeDataFolder();
    const product = await runStart(dataFolder);
    const anna = await Person.signIn(product.origin, "anna@example.com");
    expect((await anna.upload(await makeJpeg(3), "kept.jpg")).status).toBe(201);
    const pid = await webProcessId(dataFolder);
    await product.stop("SIGKILL");
    const again = await runStart(dataFolder);
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
    expect(await (await Person.signIn(again.origin, "anna@example.com")).photoNames()).toEqual(["kept.jpg"]);
  },
);

test.each([
  ["npm is asked to end", (npm: number) => process.kill(npm, "SIGTERM")],
  [
    "Ctrl-C is pressed, which all of the terminal's processes hear",
    (npm: number) => process.kill(-npm, "SIGINT"),
  ],
])("everything ends in good order when %s", { timeout: 60_000 }, async (_what, ask) => {
  const product = await runNpmStart(await makeDataFolder());
  const npm = product.runner.pid;
  if (npm === undefined) throw new Error(`npm did not start: ${product.output()}`);
  onTestFinished(() => endGroup(npm));
  const web = await webProcessId(product.dataFolder);
  const ended = once(product.runner, "close");
  ask(npm);
  // Closed is what it writes to once nobody has it open any more.
  expect(await ended).toEqual([0, null]);
  expect(isRunning(web)).toBe(false);
});

function endGroup(leader: number): void {
  if (isRunning(-leader)) process.kill(-leader, "SIGKILL");
}

test("a request that goes round the edge gets 401", { timeout: 60_000 }, async () => {
  const product = await runStart(await makeDataFolder());
  const log = await readFile(join(product.dataFolder, "logs/web.log"), "utf8");
  const app = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1] ?? "";
  for (const headers of [{}, { "x-goog-authenticated-user-email": "accounts.google.com:anna@example.com" }]) {
    expect((await fetch(`${app}/v1/photos`, { headers })).status).toBe(401);
  }
});

test("a taken port and a data folder in use are said with the way out", { timeout: 120_000 }, async () => {
  const product = await runStart(await makeDataFolder());
  const port = Number(new URL(product.origin).port);
  const onSamePort = await runStart(await makeDataFolder(), port);
  expect(onSamePort.output()).toContain(`Port ${port} of this machine is taken by another program`);
  expect(onSamePort.output()).toContain(`npm start -- --port ${port + 10}`);
  const onSameData = await runStart(product.dataFolder);
  expect(onSameData.output()).toMatch(/the data folder \S+ is in use by process \d+/);
  expect(onSameData.output()).not.toContain("    at ");
  expect([await onSamePort.stop(), await onSameData.stop()]).toEqual([1, 1]);
  expect((await fetch(product.origin, { redirect: "manual" })).status).toBe(302);
});
