import { spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { type Browser, chromium, type Page } from "playwright-core";

const candidates = ["chromium", "chromium-browser", "google-chrome"];

/** The browser on the `PATH`; undefined where there is none. */
export function findBrowser(): string | undefined {
  const found = candidates.map((name) =>
    spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim(),
  );
  return found.find((path) => path !== "");
}

export interface BrowserOptions {
  /** The name that people type: the declared domain. */
  readonly host: string;
  /** Where the edge listens on this machine. */
  readonly port: number;
  /** Where Google's own hosts are answered for. */
  readonly googlePort: number;
  /** PEM of the authority whose certificates the edge has. */
  readonly trusted: string;
}

/** A real browser that finds the declared domain on this machine, trusts its authority, and reaches nothing else. */
export function openBrowser({ host, port, googlePort, trusted }: BrowserOptions): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("there is no browser: apt-get install chromium");
  const key = new X509Certificate(trusted).publicKey.export({ type: "spki", format: "der" });
  const keyHash = createHash("sha256").update(key).digest("base64");
  return chromium.launch({
    executablePath,
    args: [
      `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${port}, MAP storage.googleapis.com:443 127.0.0.1:${googlePort}, MAP * ~NOTFOUND`,
      `--ignore-certificate-errors-spki-list=${keyHash}`,
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

/** Faults that the browser itself reports; there must be none. */
export function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  return faults;
}

/** What was refused to the page: `401 POST /v1/uploads`, with who refused it where it was not the app. */
export function watchRefusals(page: Page): string[] {
  const refusals: string[] = [];
  page.on("response", (response) => {
    if (response.status() < 400) return;
    const { host, pathname } = new URL(response.url());
    const who =
      response.headers()["x-goog-iap-generated-response"] === "true" ? ", by the identity proxy" : "";
    refusals.push(`${response.status()} ${response.request().method()} ${host}${pathname}${who}`);
  });
  return refusals;
}
