import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { makeJpeg } from "../local/person.ts";
import { makeDataFolder, runStart } from "../local/started-product.ts";
import {
  canBrowse,
  expectAccessible,
  launchBrowser,
  needsBrowser,
  screenshotFolder,
  watchFaults,
} from "./browser.ts";

const realPhotos = join(import.meta.dirname, "../../../shared/photos");

async function twoPhotos() {
  const real = ["phones/jolla.jpg", "gps/DSCN0010.jpg"].map((path) => join(realPhotos, path));
  if (real.every((path) => existsSync(path))) {
    const [first = "", second = ""] = real;
    return [
      { name: "jolla.jpg", mimeType: "image/jpeg", buffer: await readFile(first) },
      { name: "DSCN0010.jpg", mimeType: "image/jpeg", buffer: await readFile(second) },
    ];
  }
  return [
    { name: "one.jpg", mimeType: "image/jpeg", buffer: await makeJpeg(1, 800, 600) },
    { name: "two.jpg", mimeType: "image/jpeg", buffer: await makeJpeg(2, 600, 800) },
  ];
}

const views = [
  { name: "1280-light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "1280-dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "390-light", viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true },
  { name: "390-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true },
] as const satisfies readonly (BrowserContextOptions & { readonly name: string })[];

const tiles = ".tile a";

/** For what the page does by itself; a busy machine takes its time. */
const patience = { timeout: 20_000 };

async function signIn(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(origin);
  await page.getByLabel("E-mail or name").fill(name);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

function focusedPhoto(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute("data-photo") ?? null);
}

async function expectTiles(page: Page, count: number): Promise<void> {
  await expect
    .poll(() => page.locator(`${tiles} img[data-state="loaded"]`).count(), { timeout: 20_000 })
    .toBe(count);
}

describe.skipIf(!canBrowse)(`in a browser${needsBrowser}`, { timeout: 240_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** A product of its own, which nobody used yet, and somebody who has signed in. */
  async function openEmptyGallery() {
    const product = await runStart(await makeDataFolder());
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    const faults = watchFaults(page);
    await signIn(page, product.origin, "anna");
    await page.getByText("Your photos will be here").waitFor();
    return { page, product, faults };
  }

  test("the whole path: sign in, upload two, see, open, delete, undo, reload", async () => {
    const product = await runStart(await makeDataFolder());
    const pictures = await screenshotFolder();
    await mkdir(pictures, { recursive: true });
    for (const { name, ...view } of views) {
      const context = await browser.newContext({ ...view, locale: "en-GB" });
      const page = await context.newPage();
      const faults = watchFaults(page);
      const look = async (what: string): Promise<void> => {
        await page.screenshot({ path: join(pictures, `${name}-${what}.png`) });
        // Both widths and both colour schemes are covered by two views; each check takes about a second.
        if (name === "1280-light" || name === "390-dark") await expectAccessible(page);
      };

      await page.goto(product.origin);
      await look("1-sign-in");
      await signIn(page, product.origin, `anna ${name}`);
      await page.getByText("Your photos will be here").waitFor();
      await look("2-empty");

      const files = await twoPhotos();
      const asked = page.waitForRequest((request) => request.url().endsWith("/v1/users/me"));
      const uploaded = page.waitForResponse((reply) => reply.request().method() === "POST");
      await page.locator("input[type=file]").first().setInputFiles(files);
      await page.getByRole("heading", { name: "2 photos uploaded" }).waitFor();
      // Whichever instance answers next has seen the uploads.
      const seen = Number((await (await uploaded).headerValue("catalog-token"))?.split(".").at(-1));
      expect(Number((await asked).headers()["catalog-token"]?.split(".").at(-1))).toBeGreaterThanOrEqual(
        seen,
      );
      await expectTiles(page, 2);
      await look("3-uploaded");
      await page.getByRole("button", { name: "Close" }).click();
      await look("4-gallery");

      await page.locator(tiles).first().click();
      await page.waitForURL(/\/p\/[0-9a-f-]{36}$/);
      await page.locator(".stage-photo").evaluate((image: HTMLImageElement) => image.decode());
      await page.getByRole("button", { name: "Details" }).click();
      await look("5-viewer");
      await page.keyboard.press("ArrowRight");
      await page.locator(".stage-photo").evaluate((image: HTMLImageElement) => image.decode());
      await page.getByRole("button", { name: "Move to the trash" }).click();
      await page.getByText("Moved to the trash").waitFor();
      await look("6-trashed");
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByText("Brought back").waitFor();
      await page.keyboard.press("Escape");
      await expectTiles(page, 2);
      expect(new URL(page.url()).pathname).toBe("/");
      await expect.poll(() => focusedPhoto(page), patience).not.toBeNull();

      await page.reload();
      await expectTiles(page, 2);
      await page.getByRole("button", { name: /^Profile of anna/ }).click();
      await page.getByText(/ of 1\.1 GB used/).waitFor();
      await look("7-profile");
      await page.getByRole("link", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  test("what is in the trash is brought back, or deleted for good once it is confirmed", async () => {
    const product = await runStart(await makeDataFolder());
    const pictures = await screenshotFolder();
    await mkdir(pictures, { recursive: true });
    const context = await browser.newContext({ locale: "en-GB" });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const faults = watchFaults(page);
    await signIn(page, product.origin, "anna");
    await page.getByText("Your photos will be here").waitFor();
    const buffers = await Promise.all([1, 2, 3].map((seed) => makeJpeg(seed)));
    const files = buffers.map((buffer, index) => ({ name: `${index}.jpg`, mimeType: "image/jpeg", buffer }));
    await page.locator("input[type=file]").first().setInputFiles(files);
    await expectTiles(page, 3);
    await page.getByRole("heading", { name: "3 photos uploaded" }).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.locator(tiles).first().click();
    for (let left = 2; left >= 0; left -= 1) {
      await page.getByRole("dialog", { name: /^Photo/ }).waitFor();
      await page.keyboard.press("Delete");
      await expect.poll(() => page.locator(tiles).count(), patience).toBe(left);
    }
    await page.getByText("Your photos will be here").waitFor();

    await page.getByRole("button", { name: /^Profile of anna/ }).click();
    await page.getByRole("link", { name: "Trash" }).click();
    await page.getByRole("heading", { name: "Trash" }).waitFor();
    await expectTiles(page, 3);
    expect(new URL(page.url()).pathname).toBe("/trash");
    await page.reload();
    await expectTiles(page, 3);
    await page.locator(tiles).first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Photo/ }).waitFor();

    // By keyboard: the way back has the focus, Escape closes only the question, and the focus returns.
    const question = page.getByRole("alertdialog", { name: "Delete this photo for good?" });
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    await page.getByRole("button", { name: "Delete for good" }).focus();
    await page.keyboard.press("Enter");
    await question.waitFor();
    expect(await focused()).toBe("Keep it");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    const label = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(await label()).toBe("Delete for good");
    for (const { name, viewport, colorScheme } of views) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.keyboard.press("Enter");
      await question.waitFor();
      await page.screenshot({ path: join(pictures, `${name}-9-delete.png`) });
      if (name === "1280-light" || name === "390-dark") await expectAccessible(page);
      await page.keyboard.press("Enter");
      await question.waitFor({ state: "detached" });
    }
    await page.keyboard.press("Delete");
    await question.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("Deleted for good", { exact: true }).waitFor();
    await question.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Bring back" }).click();
    await page.getByText("Brought back").waitFor();
    await page.keyboard.press("Escape");
    await expectTiles(page, 1);
    for (const { name, viewport, colorScheme } of views) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(pictures, `${name}-8-trash.png`) });
      if (name === "1280-light" || name === "390-dark") await expectAccessible(page);
    }
    await page.getByRole("link", { name: "ImgStream, all photos" }).click();
    await expectTiles(page, 1);
    await page.goBack();
    await page.getByRole("heading", { name: "Trash" }).waitFor();
    await page.reload();
    await expectTiles(page, 1);
    expect(faults).toEqual([]);
  });

  test("a photo that the worker must prepare says so, and is shown by itself once it is", async () => {
    const { page, faults } = await openEmptyGallery();
    const heic = join(import.meta.dirname, "../pictures/fixtures/turned.heic");
    await page.locator("input[type=file]").first().setInputFiles(heic);
    await page.getByText("Being prepared…").first().waitFor();
    await expectTiles(page, 1);
    await page.locator(tiles).first().click();
    await page.locator(".stage-photo").evaluate((image: HTMLImageElement) => image.decode());
    expect(faults).toEqual([]);
  });

  test("what cannot be taken is said for each file, and what is here already as such", async () => {
    const { page, faults } = await openEmptyGallery();
    const input = page.locator("input[type=file]").first();
    const photo = { name: "photo.jpg", mimeType: "image/jpeg", buffer: await makeJpeg(1) };
    await input.setInputFiles([
      photo,
      { name: "words.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture at all") },
      { name: "cut.jpg", mimeType: "image/jpeg", buffer: photo.buffer.subarray(0, photo.buffer.length / 2) },
      { name: "empty.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(0) },
    ]);
    await page.getByRole("heading", { name: "1 photo uploaded, 3 not uploaded" }).waitFor();
    const rows = page.locator(".tray-row[data-state=failed]");
    for (const words of await rows.locator(".tray-state").allTextContents())
      expect(words).toMatch(/^[A-Z].{10,}\.$/);
    await page.getByRole("button", { name: "Close" }).click();

    await input.setInputFiles([photo]);
    await page.getByText("Is already here").waitFor();
    await page.getByRole("link", { name: "Show photo.jpg" }).click();
    await page.getByRole("button", { name: "Move to the trash" }).click();
    await page.getByText("Moved to the trash").waitFor();
    await page.getByText("Your photos will be here").waitFor();
    await input.setInputFiles([photo]);
    await page.getByText("Is already here, in the trash").waitFor();
    await page.getByRole("button", { name: "Bring back photo.jpg" }).click();
    await expectTiles(page, 1);
    expect(faults).toEqual([]);
  });

  test("an ended session offers to sign in again in a window of its own, and the uploads go on", async () => {
    const product = await runStart(await makeDataFolder());
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await signIn(page, product.origin, "anna");
    await page.getByText("Your photos will be here").waitFor();
    await context.clearCookies();
    await page
      .locator("input[type=file]")
      .first()
      .setInputFiles(await twoPhotos());
    await page.getByText("The 2 uploads that are left wait here.").waitFor();
    await expectAccessible(page);
    const opened = context.waitForEvent("page");
    await page.getByRole("button", { name: "Sign in again" }).click();
    const other = await opened;
    const closed = other.waitForEvent("close");
    await other.getByRole("button", { name: "anna@example.com" }).click();
    await closed;
    await page.getByRole("heading", { name: "2 photos uploaded" }).waitFor();
    await expectTiles(page, 2);
    expect(await page.locator("dialog[open]").count()).toBe(0);
  });

  test("a picture that fails because the session has ended says so, and comes once it goes on", async () => {
    const product = await runStart(await makeDataFolder());
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await signIn(page, product.origin, "anna");
    await page
      .locator("input[type=file]")
      .first()
      .setInputFiles(await twoPhotos());
    await expectTiles(page, 2);
    await context.clearCookies();
    await page.locator(tiles).first().click();
    await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
    const opened = context.waitForEvent("page");
    await page.getByRole("button", { name: "Sign in again" }).click();
    await (await opened).getByRole("button", { name: "anna@example.com" }).click();
    const photo = page.locator(".stage-photo");
    await expect
      .poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth).catch(() => 0), patience)
      .toBeGreaterThan(0);
  });

  test("the gallery and the viewer are worked by keyboard, and a photo's address opens it", async () => {
    const { page, product } = await openEmptyGallery();
    const buffers = await Promise.all([1, 2, 3].map((seed) => makeJpeg(seed)));
    const files = buffers.map((buffer, index) => ({ name: `${index}.jpg`, mimeType: "image/jpeg", buffer }));
    await page.locator("input[type=file]").first().setInputFiles(files);
    await expectTiles(page, 3);
    const ids = await page.locator(tiles).evaluateAll((links) => links.map((link) => link.dataset["photo"]));
    const opened = () => new URL(page.url()).pathname.replace("/p/", "");

    await page.locator(tiles).first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await expect.poll(opened, patience).toBe(ids[1]);
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("ArrowRight");
    await expect.poll(opened, patience).toBe(ids[2]);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    await expect.poll(opened, patience).toBe("/");
    await expect.poll(() => focusedPhoto(page), patience).toBe(ids[2]);

    await page.goto(`${product.origin}/p/${ids[0]}`);
    await page.getByRole("dialog", { name: /^Photo/ }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(opened, patience).toBe("/");
    await page.goto(`${product.origin}/p/00000000-0000-7000-8000-000000000000`);
    await page.getByText("There is no photo of that id.").waitFor();
  });
});
