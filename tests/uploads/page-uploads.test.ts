import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { bundlePage, writeBundle } from "../../image/bundle.ts";
import { startEdge } from "../../local/edge/edge.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { createAppGround } from "../app/app-process.ts";
import { testAudience } from "../app/iap-issuer.ts";
import { makeJpeg } from "../local/person.ts";
import { makeDataFolder, runStart } from "../local/started-product.ts";
import { startCuttingProxy } from "../storage/cutting-proxy.ts";
import { canBrowse, launchBrowser, needsBrowser, screenshotFolder, watchFaults } from "../web/browser.ts";

const patience = { timeout: 60_000 };

/** Larger than one part, by something behind the picture. */
async function largePhoto(seed: number) {
  const bytes = Buffer.concat([await makeJpeg(seed), Buffer.alloc(9 * 1024 * 1024, "moving half ")]);
  return { name: "large.jpg", mimeType: "image/jpeg", buffer: bytes };
}

/** The service on buckets of the stand-in, behind the local edge. */
async function startInCloud(given: { readonly REQUEST_LIMITS?: string } = {}) {
  const standIn = new StorageStandIn({ allows: () => true });
  for (const bucket of ["media", "records", "uploads"]) standIn.createBucket(bucket);
  const store = await startStorageStandIn(standIn);
  const proxy = await startCuttingProxy(store.origin);
  const ground = await createAppGround();
  const started: { origin?: string } = {};
  await writeBundle(
    await bundlePage({
      rootFolder: join(import.meta.dirname, "../.."),
      sourceFolder: join(import.meta.dirname, "../../app/web"),
    }),
    ground.pageFolder,
  );
  const edge = await startEdge({
    port: 0,
    appOrigin: () => started.origin,
    pageFolder: ground.pageFolder,
    media: { folder: join(ground.folder, "none"), keys: new Map() },
    folder: join(ground.folder, "edge"),
    audience: testAudience,
  });
  onTestFinished(async () => {
    await edge.close();
    await proxy.close();
    await store.close();
  });
  const app = ground.start(["web"], {
    PUBLIC_ORIGIN: edge.origin,
    IAP_KEY_SET_URL: edge.keySetUrl,
    MEDIA_STORE: "gs://media",
    RECORDS_STORE: "gs://records",
    UPLOADS_STORE: "gs://uploads",
    STORAGE_EMULATOR_HOST: proxy.origin,
    ...given,
  });
  started.origin = await app.origin;
  const open = (bucket: string) => new CloudObjectStore({ bucket, apiEndpoint: store.origin });
  return { origin: edge.origin, proxy, media: open("media"), uploads: open("uploads") };
}

async function signIn(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(origin);
  await page.getByLabel("E-mail or name").fill(name);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Your photos will be here").waitFor(patience);
}

/** Method and path of what the page asks of a host. */
function watchRequests(context: BrowserContext, origin: string): string[] {
  const asked: string[] = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin === origin) asked.push(`${request.method()} ${url.pathname}`);
  });
  return asked;
}

const views = [
  { name: "1280-light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "390-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true },
] as const;

/** Where parts are sent, on one machine and in the cloud. */
const partAddress = /\/v1\/uploads\/[^/]+\/content$|[?&]upload_id=/;

/** Lets the first part of a file go, and nothing else of it. */
async function holdLaterPart(route: Route): Promise<void> {
  if (route.request().headers()["content-range"]?.startsWith("bytes 0-") === true) await route.continue();
}

const another = "imgstream.upload.another";

/** What this browser keeps of the only upload under way. */
async function readEntry(page: Page): Promise<string> {
  const [entry = "none", ...others] = await page.evaluate(() => Object.values(localStorage));
  expect(others).toEqual([]);
  return entry;
}

/** Leaves another upload of the same person: a page that tells it has looked at what is kept. */
async function leaveAnother(page: Page, entry: string): Promise<void> {
  await page.evaluate(([name, value]) => localStorage.setItem(name, value), [another, entry] as const);
}

/** Waits until a page tells the one that was left so, and takes it away. */
async function expectOnlyAnother(page: Page): Promise<void> {
  const told = page.getByRole("status").filter({ hasText: "interrupted" });
  await told.waitFor(patience);
  expect(await told.textContent()).toMatch(/^1 upload was interrupted /);
  await page.evaluate((name) => localStorage.removeItem(name), another);
}

/** The first byte of each part that was begun. */
function watchParts(context: BrowserContext): () => readonly number[] {
  const firsts: number[] = [];
  context.on("request", (request) => {
    const range = /^bytes (\d+)-/.exec(request.headers()["content-range"] ?? "");
    if (request.method() === "PUT" && range !== null) firsts.push(Number(range[1]));
  });
  return () => firsts;
}

describe.skipIf(!canBrowse)(`a large file from the page${needsBrowser}`, { timeout: 240_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("goes past the service straight to the store, and on from where the line broke", async () => {
    const { origin, proxy, media, uploads } = await startInCloud();
    const context = await browser.newContext({ locale: "en-GB" });
    const page = await context.newPage();
    const faults = watchFaults(page);
    const ofService = watchRequests(context, origin);
    const ofStore = watchRequests(context, proxy.origin);
    await signIn(page, origin, "anna");
    const file = await largePhoto(7);
    // The first part arrives, and nobody hears of it.
    proxy.cut(/^PUT .*upload_id/, { share: 0 });
    await page.locator("input[type=file]").first().setInputFiles([file]);
    await page.getByText("1 photo uploaded").first().waitFor(patience);

    expect(proxy.left()).toBe(0);
    // The first part is not sent again.
    expect(ofStore.filter((line) => line.startsWith("PUT "))).toHaveLength(2);
    expect(ofService.filter((line) => line.startsWith("PUT ") || line === "POST /v1/photos")).toEqual([]);
    expect(ofService).toContainEqual(expect.stringMatching(/^POST \/v1\/uploads\/[^/]+\/complete$/));
    const [original] = await Array.fromAsync(media.list("photos/"));
    expect(file.buffer.equals((await media.read(original?.name ?? ""))?.bytes ?? new Uint8Array())).toBe(
      true,
    );
    expect(await Array.fromAsync(uploads.list(""))).toEqual([]);
    expect(faults).toEqual([]);

    await page.getByRole("button", { name: "Close" }).click();
    await page.locator("input[type=file]").first().setInputFiles([file]);
    await page.getByText("Is already here").first().waitFor(patience);
    expect(ofStore.filter((line) => line.startsWith("PUT "))).toHaveLength(2);
    await context.close();
  });

  test.each([
    ["straight to the store", views[0], startInCloud],
    ["to the service on one machine", views[1], async () => runStart(await makeDataFolder())],
  ])(
    "%s goes on after a reload where it stopped, for nobody but who began it",
    async (_where, view, start) => {
      const { origin } = await start();
      const pictures = await screenshotFolder();
      await mkdir(pictures, { recursive: true });
      const context = await browser.newContext({ ...view, locale: "en-GB" });
      const page = await context.newPage();
      page.on("dialog", (dialog) => dialog.accept());
      const faults = watchFaults(page);
      const begun = watchParts(context);
      const file = await largePhoto(9);
      const choose = (chosen = file) => page.locator("input[type=file]").first().setInputFiles([chosen]);
      const secondArrives = () => page.getByText(/^8\.?\d* MB of 9/).waitFor(patience);
      const interrupted = page.getByRole("status").filter({ hasText: "interrupted" });
      await signIn(page, origin, `anna ${view.name}`);
      // The page ends while its second part is on its way.
      await context.route(partAddress, holdLaterPart);
      await choose();
      await secondArrives();
      await expect.poll(begun, patience).toEqual([0, 8_388_608]);
      // What is under way in one tab was not interrupted for another.
      await leaveAnother(page, await readEntry(page));
      const beside = await context.newPage();
      await beside.goto(origin);
      await expectOnlyAnother(beside);
      await beside.close();
      await page.reload();
      await page.getByText("Your photos will be here").waitFor(patience);
      await interrupted
        .getByText("1 upload was interrupted when this page was closed. Choose the same file again")
        .waitFor(patience);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const name = `${view.viewport.width}-${colorScheme}-interrupted.png`;
        await page.screenshot({ path: join(pictures, name) });
      }
      await page.emulateMedia({ colorScheme: view.colorScheme });
      await choose();
      await secondArrives();
      await expect.poll(begun, patience).toEqual([0, 8_388_608, 8_388_608]);
      await page.screenshot({ path: join(pictures, `${view.name}-large-resumed.png`) });

      await page.getByRole("button", { name: /^Profile of/ }).click();
      await page.getByRole("link", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor(patience);
      await signIn(page, origin, `ben ${view.name}`);
      await context.unroute(partAddress);
      await choose();
      await page.getByText("1 photo uploaded").first().waitFor(patience);
      expect(await interrupted.count()).toBe(0);
      expect(begun().slice(3)).toEqual([0, 8_388_608]);

      await context.clearCookies();
      await signIn(page, origin, `anna ${view.name}`);
      await interrupted.waitFor(patience);
      await choose();
      await page.getByText("1 photo uploaded").first().waitFor(patience);
      await interrupted.waitFor({ ...patience, state: "detached" });
      expect(begun().slice(5)).toEqual([8_388_608]);
      expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);

      // What was given up meanwhile is begun anew.
      await page.reload();
      await context.route(partAddress, holdLaterPart);
      const opened = page.waitForResponse((reply) => reply.url() === `${origin}/v1/uploads`);
      await choose(await largePhoto(10));
      const { id } = await (await opened).json();
      await secondArrives();
      await expect.poll(() => begun().slice(6), patience).toEqual([0, 8_388_608]);
      await page.evaluate(async (path) => {
        await fetch(path, { method: "DELETE", headers: { "x-requested-with": "XMLHttpRequest" } });
      }, `/v1/uploads/${id}`);
      await page.reload();
      await interrupted.waitFor(patience);
      const entry = await readEntry(page);
      await page.getByRole("button", { name: "Dismiss" }).click();
      await interrupted.waitFor({ ...patience, state: "detached" });
      await leaveAnother(page, entry);
      await page.reload();
      await expectOnlyAnother(page);
      await context.unroute(partAddress);
      await choose(await largePhoto(10));
      await page.getByText("1 photo uploaded").first().waitFor(patience);
      expect(begun().slice(6)).toEqual([0, 8_388_608, 0, 8_388_608]);
      expect(faults).toEqual([]);
      await context.close();
    },
  );

  test("many small ones at once are paced to what one person may send, and all of them arrive", async () => {
    const { origin, media } = await startInCloud({ REQUEST_LIMITS: "uploads=2/4,reads=10/10" });
    const context = await browser.newContext({ locale: "en-GB" });
    const page = await context.newPage();
    const statuses = new Map<number, number>();
    page.on("response", (reply) => {
      if (reply.url() !== `${origin}/v1/photos` || reply.request().method() !== "POST") return;
      statuses.set(reply.status(), (statuses.get(reply.status()) ?? 0) + 1);
    });
    await signIn(page, origin, "anna");
    const files = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => ({
        name: `small-${index}.jpg`,
        mimeType: "image/jpeg",
        buffer: await makeJpeg(100 + index),
      })),
    );
    await page.locator("input[type=file]").first().setInputFiles(files);
    await page.getByText("12 photos uploaded").first().waitFor(patience);
    expect(statuses.get(201)).toBe(12);
    expect(statuses.get(429)).toBeGreaterThan(0);
    expect(await Array.fromAsync(media.list("photos/"))).toHaveLength(12);
    await context.close();
  });

  test("on one machine goes to the service in parts, shows how far it is, and says what is refused", async () => {
    const product = await runStart(await makeDataFolder());
    const pictures = await screenshotFolder();
    await mkdir(pictures, { recursive: true });
    for (const view of views) {
      const context = await browser.newContext({ ...view, locale: "en-GB" });
      const page = await context.newPage();
      const faults = watchFaults(page);
      await signIn(page, product.origin, `anna ${view.name}`);
      const tooSlow = { code: "file-too-slow", title: "The file arrives too slowly" };
      await page.route("**/v1/photos", (route) =>
        route.request().method() === "POST"
          ? route.fulfill({ status: 408, json: tooSlow })
          : route.continue(),
      );
      const begun = watchParts(context);
      await page
        .locator("input[type=file]")
        .first()
        .setInputFiles([{ name: "small.jpg", mimeType: "image/jpeg", buffer: await makeJpeg(11) }]);
      await page.getByText("1 photo uploaded").first().waitFor(patience);
      expect(begun()).toEqual([0]);
      await page.getByRole("button", { name: "Close" }).click();
      // The last part waits, so that there is something to see.
      const held = Promise.withResolvers<void>();
      await page.route(/\/v1\/uploads\/[^/]+\/content$/, async (route) => {
        const isLast = route.request().headers()["content-range"]?.startsWith("bytes 0-") !== true;
        if (isLast) await held.promise;
        await route.continue();
      });
      const file = await largePhoto(8);
      const text = Buffer.concat([Buffer.from("no picture "), Buffer.alloc(9 * 1024 * 1024)]);
      await page
        .locator("input[type=file]")
        .first()
        .setInputFiles([file, { ...file, name: "notes.jpg", buffer: text }]);
      await page
        .getByText(/^8\.?\d* MB of 9/)
        .first()
        .waitFor(patience);
      await page.screenshot({ path: join(pictures, `${view.name}-large-sending.png`) });
      held.resolve();
      await page.getByText("1 photo uploaded, 1 not uploaded").first().waitFor(patience);
      await page.screenshot({ path: join(pictures, `${view.name}-large-done.png`) });
      expect(faults).toEqual([]);
      await context.close();
    }
  });
});
