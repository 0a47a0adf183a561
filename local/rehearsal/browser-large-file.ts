import type { Page } from "playwright-core";
import { makePicture } from "./picture.ts";
import type { Stage } from "./stage.ts";

/** More than the page sends at once: it goes in parts. */
const paddingBytes = 9 * 1024 * 1024;

interface Watched {
  /** `bytes 0-8388607/…` of each part that the page began to send. */
  readonly ranges: readonly string[];
  readonly hosts: ReadonlySet<string>;
}

/** Notes every part that is sent to the store, and breaks off the second one, once. */
async function breakOffSecondPart(page: Page): Promise<Watched> {
  const ranges: string[] = [];
  const hosts = new Set<string>();
  await page.route("https://storage.googleapis.com/**", async (route) => {
    const range = route.request().headers()["content-range"];
    if (route.request().method() !== "PUT" || range === undefined) return route.continue();
    ranges.push(range);
    hosts.add(new URL(route.request().url()).host);
    return ranges.length === 2 ? route.abort("connectionreset") : route.continue();
  });
  return { ranges, hosts };
}

/**
 * A file over 8 MiB: in parts straight to the store, the line broken in the middle, gone on with by the page itself, and
 * there after a reload.
 *
 * @returns what was seen, in words
 */
export async function sendLargeFile(page: Page, stage: Stage): Promise<string> {
  const { ranges, hosts } = await breakOffSecondPart(page);
  const before = await page.locator(".tile a").count();
  const buffer = Buffer.concat([await makePicture(), Buffer.alloc(paddingBytes, "behind the picture ")]);
  const file = { name: "large.jpg", mimeType: "image/jpeg", buffer };
  await page.locator("input[type=file]").first().setInputFiles([file]);
  await page.getByRole("heading", { name: "1 photo uploaded" }).waitFor();
  await stage.look(page, "A file over 8 MiB, sent in parts and broken off in between");
  await page.unroute("https://storage.googleapis.com/**");
  const starts = ranges.map((range) => Number(/^bytes (\d+)-/.exec(range)?.[1]));
  const [first, second, ...again] = starts;
  if (first !== 0 || second === undefined || second === 0 || again.length === 0 || again.includes(0))
    throw new Error(`a large file went to the store as ${ranges.join(", ")}: not in parts, or begun anew`);
  await page.reload();
  const tiles = page.locator(".tile a");
  for (let tries = 0; (await tiles.count()) !== before + 1; tries += 1) {
    if (tries === 100) throw new Error(`after a reload the gallery shows ${await tiles.count()} photos`);
    await page.waitForTimeout(100);
  }
  return `${(buffer.length / 1024 / 1024).toFixed(1)} MiB went to ${[...hosts].join(", ")} in parts, broken off at ${second} and gone on with there`;
}
