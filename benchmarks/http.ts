import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import autocannon from "autocannon";
import { createGround } from "../tests/app/app-ground.ts";
import { median } from "./measure.ts";
import { grain } from "../tests/pictures/sample-pictures.ts";

/** Once each in turn, so that what else the machine does meets both alike. */
const rounds = 3;
const seconds = 3;
const connections = 16;
/** One person asks for everything here. */
const unlimited = "reads=1000000/1000000,searches=1000000/1000000,writes=1000000/1000000";
const photoCount = 50;

/**
 * What verified identity, validation, headers, the log and the catalog cost: requests per second of the `web` role
 * beside a bare Fastify in a process of its own that sends the same bytes to anyone.
 */
export async function benchmarkHttp(): Promise<void> {
  const ground = await createGround();
  const children: ChildProcess[] = [];
  try {
    const start = async (name: string, parameters: readonly string[]) => {
      const log = join(ground.folder, `${name}.log`);
      const child = spawn(process.execPath, parameters, {
        env: { PATH: process.env["PATH"], ...ground.environment, REQUEST_LIMITS: unlimited },
        stdio: ["ignore", openSync(log, "w"), "inherit"],
      });
      children.push(child);
      return await listening(log, child);
    };
    mkdirSync(ground.pageFolder);
    writeFileSync(join(ground.pageFolder, "index.html"), "<!doctype html><title>ImgStream</title>");
    const product = await start("web", [ground.program, "web"]);
    // Good for the whole run; the proxy's own last ten minutes.
    const headers = await ground.headers({ exp: Math.floor(Date.now() / 1000) + 3600 });
    await upload(product, headers);
    const paths = ["/health/live", "/", "/v1/users/me", `/v1/photos?limit=${photoCount}`];

    const bodies: Record<string, string> = {};
    for (const path of paths) {
      const reply = await fetch(product + path, { headers });
      if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
      bodies[path.replace(/\?.*/, "")] = await reply.text();
    }
    const bodiesFile = join(ground.folder, "bodies.json");
    writeFileSync(bodiesFile, JSON.stringify(bodies));
    const bare = await start("bare", [join(import.meta.dirname, "http-bare-fastify.ts"), bodiesFile]);

    process.stdout.write(`${connections} connections, median of ${rounds} rounds of ${seconds} s\n\n`);
    process.stdout.write(row("path", "bytes", "bare/s", "web/s", "ratio", "p99 ms"));
    for (const path of paths) {
      const figures = { bare: [] as number[], web: [] as number[], p99: [] as number[] };
      await measure(product + path, headers, 1);
      await measure(bare + path, headers, 1);
      for (let round = 0; round < rounds; round += 1) {
        figures.bare.push((await measure(bare + path, headers, seconds)).perSecond);
        const web = await measure(product + path, headers, seconds);
        figures.web.push(web.perSecond);
        figures.p99.push(web.p99);
      }
      const [reference, measured] = [median(figures.bare), median(figures.web)];
      const bytes = Buffer.byteLength(bodies[path.replace(/\?.*/, "")] ?? "");
      process.stdout.write(
        row(
          path,
          String(bytes),
          reference.toFixed(0),
          measured.toFixed(0),
          (measured / reference).toFixed(2),
          median(figures.p99).toFixed(1),
        ),
      );
    }
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await ground.close();
  }
}

async function upload(origin: string, headers: Readonly<Record<string, string>>): Promise<void> {
  for (let index = 0; index < photoCount; index += 1) {
    const form = new FormData();
    const bytes = await grain(120 + index, 80)
      .jpeg()
      .toBuffer();
    form.append("file", new Blob([Uint8Array.from(bytes)]), `IMG_${index}.jpg`);
    const reply = await fetch(`${origin}/v1/photos`, { method: "POST", headers, body: form });
    if (reply.status !== 201) throw new Error(`upload answered ${reply.status}: ${await reply.text()}`);
  }
}

async function measure(url: string, headers: Readonly<Record<string, string>>, duration: number) {
  const { requests, latency, errors, non2xx } = await autocannon({ url, connections, duration, headers });
  if (errors + non2xx > 0) throw new Error(`${url}: ${errors} errors, ${non2xx} replies that are no success`);
  return { perSecond: requests.average, p99: latency.p99 };
}

/** Where a process says, in its log, that it listens. */
async function listening(log: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null) {
    const origin = /listening at (http:[^"\s]+)/.exec(readFileSync(log, "utf8"))?.[1];
    if (origin !== undefined) return origin;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the process ended without listening: ${readFileSync(log, "utf8")}`);
}

function row(path: string, ...figures: readonly string[]): string {
  return `${path.padEnd(24)}${figures.map((figure) => figure.padStart(10)).join("")}\n`;
}
