import type { Page, Request } from "playwright-core";
import { makePicture } from "./picture.ts";
import type { Stage } from "./stage.ts";

/** What the page sends at once, and how large a part is. */
const partBytes = 8 * 1024 * 1024;

/** Two parts. */
const paddingBytes = partBytes + 1024 * 1024;

/** Of a part that is broken off, so many bytes still arrive. */
const arrivingBytes = 64 * 1024;

interface Watched {
  /** First byte of each part that the page began to send. */
  readonly starts: readonly number[];
  readonly hosts: ReadonlySet<string>;
  /** Methods that the browser asked leave for before it sent them to another origin. */
  readonly preflights: ReadonlySet<string>;
  /** Breaks nothing off any more. */
  readonly letGo: () => void;
}

/**
 * Notes what is sent to the store, and breaks the second part off each time. It is done where the store is answered
 * for: a browser whose requests are intercepted answers preflights by itself, and sends other cookies.
 */
function breakOffSecondPart(stage: Stage): Watched {
  const starts: number[] = [];
  const hosts = new Set<string>();
  const preflights = new Set<string>();
  stage.platform.watchGoogle(({ method, headers }) => {
    if (method === "OPTIONS") preflights.add(headers["access-control-request-method"] ?? "");
    const start = startOf(headers["content-range"]);
    if (method !== "PUT" || start === undefined) return undefined;
    starts.push(start);
    hosts.add(headers.host ?? "");
    return start === 0 ? undefined : arrivingBytes;
  });
  const letGo = () =>
    stage.platform.watchGoogle(({ headers }) => {
      const start = startOf(headers["content-range"]);
      if (start !== undefined) starts.push(start);
      return undefined;
    });
  return { starts, hosts, preflights, letGo };
}

function startOf(range: string | undefined): number | undefined {
  const start = /^bytes (\d+)-/.exec(range ?? "")?.[1];
  return start === undefined ? undefined : Number(start);
}

/**
 * A file over 8 MiB: in parts straight to the store, the line broken in the second and gone on with by the page itself;
 * broken again, the page reloaded and the file chosen again; and there after another reload.
 *
 * @returns what was seen, in words
 */
export async function sendLargeFile(page: Page, stage: Stage): Promise<string> {
  const { starts, hosts, preflights, letGo } = breakOffSecondPart(stage);
  const before = await page.locator(".tile a").count();
  const buffer = Buffer.concat([await makePicture(), Buffer.alloc(paddingBytes, "behind the picture ")]);
  const choose = () =>
    page
      .locator("input[type=file]")
      .first()
      .setInputFiles([{ name: "large.jpg", mimeType: "image/jpeg", buffer }]);
  let broken = 0;
  // What the browser repeats by itself, on a line that served before, the page is not told.
  const isBrokenTwice = (request: Request) => {
    if (startOf(request.headers()["content-range"]) === partBytes) broken += 1;
    return broken === 2;
  };
  await Promise.all([page.waitForEvent("requestfailed", isBrokenTwice), choose()]);
  // The page asks whether it may be left.
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  const untilLeft = starts.length;
  letGo();
  await choose();
  await page.getByRole("heading", { name: "1 photo uploaded" }).waitFor();
  await stage.look(page, "A file over 8 MiB, sent in parts, broken off and left in between");
  stage.platform.watchGoogle(undefined);
  const [first, ...later] = starts;
  if (first !== 0 || later.some((start) => start !== partBytes))
    throw new Error(`a large file went to the store from ${starts.join(", ")}: not in parts, or begun anew`);
  if (starts.length === untilLeft)
    throw new Error("the file was chosen again after a reload, and nothing more of it was sent");
  if (!preflights.has("PUT"))
    throw new Error("the browser sent a large file to another origin without asking for leave to PUT there");
  await page.reload();
  const tiles = page.locator(".tile a");
  for (let tries = 0; (await tiles.count()) !== before + 1; tries += 1) {
    if (tries === 100) throw new Error(`after a reload the gallery shows ${await tiles.count()} photos`);
    await page.waitForTimeout(100);
  }
  return `${(buffer.length / 1024 / 1024).toFixed(1)} MiB went to ${[...hosts].join(", ")} in parts, gone on with at ${partBytes} when the line broke, and there again after a reload`;
}
