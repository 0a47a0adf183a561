import type { Page } from "playwright-core";
import { sendLargeFile } from "./browser-large-file.ts";
import { openBrowser, watchFaults, watchRefusals } from "./browser.ts";
import { makePicture } from "./picture.ts";
import { person, type Stage } from "./stage.ts";
import { behind } from "./behind.ts";

/** A person looks at a page this long before they give up. */
const patienceMilliseconds = 60_000;

/** Where each picture that the page showed came from: the path, without what is in it. */
function watchMedia(page: Page): { readonly from: Set<string>; readonly refused: string[] } {
  const from = new Set<string>();
  const refused: string[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const [, prefix] = /^\/(photos|previews|thumbnails)\//.exec(pathname) ?? [];
    if (prefix === undefined) return;
    if (response.status() === 200) from.add(prefix);
    else refused.push(`${response.status()} for ${pathname}`);
  });
  return { from, refused };
}

/** @returns what of a large file was seen */
async function walk(page: Page, stage: Stage): Promise<string> {
  const tile = page.locator('.tile a img[data-state="loaded"]');
  await page.goto(`https://${stage.facts.domain}/`);
  await page.getByLabel("E-mail or name").fill(person);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const input = page.locator("input[type=file]").first();
  await input.waitFor({ state: "attached" });
  const buffer = await makePicture();
  await input.setInputFiles([{ name: "browser.jpg", mimeType: "image/jpeg", buffer }]);
  await page.getByRole("heading", { name: "1 photo uploaded" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await tile.first().waitFor();
  await stage.look(page, "The gallery after an upload");
  const shown = await tile.count();

  await page.locator(".tile a").first().click();
  await page.waitForURL(/\/p\/[0-9a-f-]{36}$/);
  await page.locator(".stage-photo").evaluate("image => image.decode()");
  await stage.look(page, "The photo, opened");
  await page.getByRole("button", { name: "Move to the trash" }).click();
  await page.getByText("Moved to the trash").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL(`https://${stage.facts.domain}/`);
  await page.reload();
  await input.waitFor({ state: "attached" });
  const left = page.locator(".tile a");
  for (let seconds = 0; (await left.count()) !== shown - 1; seconds += 1) {
    if (seconds === 20) throw new Error(`the gallery shows ${await left.count()} of ${shown - 1} photos`);
    await page.waitForTimeout(1000);
  }
  return sendLargeFile(page, stage);
}

/** Signing in, an upload, the gallery, a photo, the trash, a large file: in Chromium, at the declared domain. */
export async function walkBrowserPath(stage: Stage): Promise<string> {
  const { platform, facts } = stage;
  const browser = await openBrowser({
    host: facts.domain,
    port: platform.httpsPort,
    googlePort: platform.googlePort,
    trusted: platform.authority.certificate,
  });
  try {
    const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(patienceMilliseconds);
    const faults = watchFaults(page);
    const media = watchMedia(page);
    const refusals = watchRefusals(page);
    let large = "";
    try {
      large = await walk(page, stage);
    } catch (error) {
      await stage.look(page, "Where it stopped");
      const text = (await page.locator("body").textContent()) ?? "";
      const said = error instanceof Error ? error.message : String(error);
      throw new Error(
        `${said}\nthe page says: ${text.trim().slice(0, 500)}\nit was refused: ${refusals.join("; ") || "nothing"}\n${behind(stage)}`,
        {
          cause: error,
        },
      );
    }
    if (media.refused.length > 0)
      throw new Error(`the edge refused pictures: ${media.refused[0]}\n${behind(stage)}`);
    // The one that was made on purpose: by what it is called depends on what was under way in that moment.
    const unexpected = faults.filter(
      (fault) => !/ERR_(CONNECTION_(RESET|CLOSED|ABORTED)|EMPTY_RESPONSE)/.test(fault),
    );
    if (unexpected.length > 0) throw new Error(`the browser reports ${unexpected[0]}\n${behind(stage)}`);
    if (media.from.size === 0)
      throw new Error("no picture came from the edge: the app served them all by itself");
    return `${person} signed in, uploaded, opened and removed a photo; pictures came from ${[...media.from].toSorted().join(", ")} at the edge\n${large}`;
  } finally {
    await browser.close();
  }
}
