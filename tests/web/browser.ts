import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type Page, chromium } from "playwright-core";
import { expect } from "vitest";

const executablePath = "/usr/bin/chromium";

/** Without a browser the tests that need one are skipped, but never in continuous integration. */
export const canBrowse = existsSync(executablePath) || process.env["CI"] === "true";

export const needsBrowser = canBrowse ? "" : " (skipped: install Debian's chromium)";

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--disable-quic",
    ],
  });
}

/** Where screenshots go, to be looked at: IMGSTREAM_SCREENSHOTS, else a new folder under the temporary one. */
export async function screenshotFolder(): Promise<string> {
  return process.env["IMGSTREAM_SCREENSHOTS"] ?? (await mkdtemp(join(tmpdir(), "screenshots-")));
}

/** Faults that the browser itself reports; there must be none. */
export function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // Chromium logs every reply of an error status itself; those are what some tests are about.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      faults.push(message.text());
    }
  });
  return faults;
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}
