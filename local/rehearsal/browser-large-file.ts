import type { Page } from "playwright-core";
import { makePicture } from "./picture.ts";
import type { Stage } from "./stage.ts";

/** More than the page sends at once: it goes in parts. */
const paddingBytes = 9 * 1024 * 1024;

/** Of the part that is broken off, so many bytes still arrive. */
const arrivingBytes = 64 * 1024;

interface Watched {
  /** `bytes 0-8388607/…` of each part that the page began to send. */
  readonly ranges: readonly string[];
  readonly hosts: ReadonlySet<string>;
  /** Methods that the browser asked leave for before it sent them to another origin. */
  readonly preflights: ReadonlySet<string>;
}

/**
 * Notes what is sent to the store, and breaks the second part off until the page is told. It is done where the store
 * is answered for: a browser whose requests are intercepted answers preflights by itself, and sends other cookies.
 */
function breakOffSecondPart(page: Page, stage: Stage): Watched {
  const ranges: string[] = [];
  const hosts = new Set<string>();
  const preflights = new Set<string>();
  let isTold = false;
  page.on("requestfailed", (request) => {
    isTold ||= request.method() === "PUT";
  });
  stage.platform.watchGoogle(({ method, headers }) => {
    if (method === "OPTIONS") preflights.add(headers["access-control-request-method"] ?? "");
    const range = headers["content-range"];
    if (method !== "PUT" || range === undefined) return undefined;
    ranges.push(range);
    hosts.add(headers.host ?? "");
    // On a line that served before, the browser first tries once more by itself.
    return ranges.length > 1 && !isTold ? arrivingBytes : undefined;
  });
  return { ranges, hosts, preflights };
}

/**
 * A file over 8 MiB: in parts straight to the store, the line broken in the middle, gone on with by the page itself, and
 * there after a reload.
 *
 * @returns what was seen, in words
 */
export async function sendLargeFile(page: Page, stage: Stage): Promise<string> {
  const { ranges, hosts, preflights } = breakOffSecondPart(page, stage);
  const before = await page.locator(".tile a").count();
  const buffer = Buffer.concat([await makePicture(), Buffer.alloc(paddingBytes, "behind the picture ")]);
  const file = { name: "large.jpg", mimeType: "image/jpeg", buffer };
  await page.locator("input[type=file]").first().setInputFiles([file]);
  await page.getByRole("heading", { name: "1 photo uploaded" }).waitFor();
  await stage.look(page, "A file over 8 MiB, sent in parts and broken off in between");
  stage.platform.watchGoogle(undefined);
  const starts = ranges.map((range) => Number(/^bytes (\d+)-/.exec(range)?.[1]));
  const [first, second, ...again] = starts;
  if (first !== 0 || second === undefined || second === 0 || again.length === 0 || again.includes(0))
    throw new Error(`a large file went to the store as ${ranges.join(", ")}: not in parts, or begun anew`);
  if (!preflights.has("PUT"))
    throw new Error("the browser sent a large file to another origin without asking for leave to PUT there");
  await page.reload();
  const tiles = page.locator(".tile a");
  for (let tries = 0; (await tiles.count()) !== before + 1; tries += 1) {
    if (tries === 100) throw new Error(`after a reload the gallery shows ${await tiles.count()} photos`);
    await page.waitForTimeout(100);
  }
  return `${(buffer.length / 1024 / 1024).toFixed(1)} MiB went to ${[...hosts].join(", ")} in parts, broken off at ${second} and gone on with there`;
}
