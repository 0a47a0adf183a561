import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  canBrowse,
  expectAccessible,
  launchBrowser,
  needsBrowser,
  screenshotFolder,
  watchFaults,
} from "./browser.ts";

const page = `
import { h, render } from "preact";
import "./styles/main.css";
import { Store } from "./state/store.ts";
import { InterruptedNotice } from "./upload/interrupted-notice.tsx";

const count = new Store(0);
window.tell = (value) => count.set(value);
window.looks = 0;
const uploads = { count, look: () => { window.looks += 1; }, dismiss: () => count.set(0) };
render(h("main", null, h("h1", null, "Photos"), h(InterruptedNotice, { uploads })), document.body);
`;

/** The notice alone, on a page whose clock the test turns. */
async function openNotice(browser: Browser): Promise<Page> {
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: join(import.meta.dirname, "../../app/web"), loader: "ts" },
    bundle: true,
    write: false,
    outdir: "out",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const [script = "", style = ""] = [".js", ".css"].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text,
  );
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const opened = await context.newPage();
  await opened.clock.install();
  await opened.setContent(`<!doctype html><html lang="en"><title>Notice</title><body></body></html>`);
  await opened.addStyleTag({ content: style });
  await opened.addScriptTag({ content: script, type: "module" });
  await opened.getByRole("heading", { name: "Photos" }).waitFor();
  return opened;
}

const tell = (opened: Page, count: number) => opened.evaluate(`tell(${count})`);

describe.skipIf(!canBrowse)(`the notice of interrupted uploads${needsBrowser}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("says how many there are in a region that is there before, counts down, and goes with the last", async () => {
    const opened = await openNotice(browser);
    const faults = watchFaults(opened);
    const status = opened.getByRole("status");
    expect([await status.count(), await status.textContent()]).toEqual([1, ""]);
    expect((await opened.locator(".interrupted").boundingBox())?.height).toBe(0);
    await tell(opened, 3);
    await expect
      .poll(() => status.textContent())
      .toBe(
        "3 uploads were interrupted when this page was closed. Choose the same files again: what was sent is not sent twice.",
      );
    await expectAccessible(opened);
    const pictures = await screenshotFolder();
    for (const width of [1280, 390]) {
      await opened.setViewportSize({ width, height: 300 });
      await opened.screenshot({ path: join(pictures, `${width}-light-notice.png`) });
    }
    await tell(opened, 1);
    await expect.poll(() => status.textContent()).toMatch(/^1 upload was interrupted .* the same file again/);
    await tell(opened, 0);
    await expect.poll(() => status.textContent()).toBe("");
    expect(await opened.getByRole("button").count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("is dismissed by the keyboard", async () => {
    const opened = await openNotice(browser);
    await tell(opened, 2);
    await opened.getByRole("button", { name: "Dismiss" }).waitFor();
    await opened.keyboard.press("Tab");
    await opened.keyboard.press("Enter");
    await expect.poll(() => opened.getByRole("status").textContent()).toBe("");
  });

  test("looks every minute whether their day is over, while there are any", async () => {
    const opened = await openNotice(browser);
    const looks = () => opened.evaluate("looks");
    await opened.clock.runFor(300_000);
    expect(await looks()).toBe(0);
    await tell(opened, 2);
    await opened.getByRole("button", { name: "Dismiss" }).waitFor();
    await opened.clock.runFor(120_500);
    expect(await looks()).toBe(2);
    await opened.getByRole("button", { name: "Dismiss" }).click();
    await opened.getByRole("button").waitFor({ state: "detached" });
    await opened.clock.runFor(300_000);
    expect(await looks()).toBe(2);
  });
});
