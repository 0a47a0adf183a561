import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleServer, writeBundle } from "../image/bundle.ts";
import { createGround } from "../tests/app/app-ground.ts";
import { freePort } from "../local/free-port.ts";
import { median, row, say } from "./measure.ts";

const rounds = 15;

/**
 * From the start of the process to its first reply, in the image's own files, beside a bare Fastify in them.
 *
 * @param entrypoint the image's own
 */
export async function benchmarkStart(
  rootfs: string,
  checkout: string,
  entrypoint: readonly string[],
): Promise<void> {
  const bare = join(checkout, "bare.ts");
  await writeFile(
    bare,
    `import Fastify from "fastify";
const server = Fastify();
server.get("/health/ready", async () => ({ status: "ready" }));
await server.listen({ port: Number(process.env["PORT"]), host: "127.0.0.1" });`,
  );
  const files = await bundleServer({ rootFolder: checkout, entries: { bare }, externalPackages: [] });
  await writeBundle(files, join(rootfs, "app"));
  const ground = await createGround();
  try {
    const environment = {
      ...ground.environment,
      // As in the cloud, where it listens on every interface.
      PUBLIC_ORIGIN: "https://photos.example.com",
      MEDIA_STORE: "file:///tmp/data/media",
      RECORDS_STORE: "file:///tmp/data/records",
      CACHE_FOLDER: "/tmp/cache",
      PAGE_FOLDER: "/app/web",
      NODE_ENV: "production",
    };
    const bareFigures: number[] = [];
    const figures: number[] = [];
    // In turns, so that what else the machine does meets both alike.
    for (let round = 0; round < rounds; round += 1) {
      bareFigures.push(await secondsToStart(rootfs, ["/nodejs/bin/node", "/app/bare.mjs"], environment));
      figures.push(await secondsToStart(rootfs, [...entrypoint, "web"], environment));
    }
    const ratio = median(figures.map((seconds, round) => seconds / (bareFigures[round] ?? Number.NaN)));
    say(row(median(bareFigures).toFixed(2), "", "cold start in the image: a bare Fastify"));
    say(row(median(figures).toFixed(2), "≤ 1.3×", `cold start in the image: the app, ${ratio.toFixed(2)}×`));
  } finally {
    await ground.close();
  }
}

async function secondsToStart(
  rootfs: string,
  program: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const port = await freePort();
  const variables = Object.entries({ ...environment, PORT: String(port) }).flatMap(([name, value]) => [
    "--setenv",
    name,
    value,
  ]);
  const isolation =
    "--unshare-all --share-net --die-with-parent --proc /proc --dev /dev --tmpfs /tmp --clearenv";
  const begin = performance.now();
  const child = spawn(
    "bwrap",
    ["--ro-bind", rootfs, "/", ...isolation.split(" "), ...variables, ...program],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    for (;;) {
      const reply = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      if (reply?.ok === true) return (performance.now() - begin) / 1000;
      if (child.exitCode !== null) throw new Error(`${program.join(" ")} ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}
