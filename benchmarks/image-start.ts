import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleServer, writeBundle } from "../image/bundle.ts";
import { createGround } from "../tests/app/app-ground.ts";
import { freePort } from "../tests/image/free-port.ts";
import { repeated, row, say } from "./measure.ts";

/** From the start of the process to its first reply, in the image's own files, beside a bare Fastify in them. */
export async function benchmarkStart(rootfs: string, checkout: string): Promise<void> {
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
      MEDIA_STORE: "file:///tmp/data/media",
      RECORDS_STORE: "file:///tmp/data/records",
      CACHE_FOLDER: "/tmp/cache",
      PAGE_FOLDER: "/app/web",
      NODE_ENV: "production",
    };
    const bareSeconds = await repeated(() => startOnce(rootfs, ["/app/bare.mjs"], environment));
    const seconds = await repeated(() => startOnce(rootfs, ["/app/main.mjs", "web"], environment));
    const ratio = seconds / bareSeconds;
    say(row(bareSeconds.toFixed(2), "", "cold start in the image: a bare Fastify"));
    say(row(seconds.toFixed(2), "≤ 1.3×", `cold start in the image: the app, ${ratio.toFixed(2)}×`));
  } finally {
    await ground.close();
  }
}

async function startOnce(
  rootfs: string,
  program: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const port = await freePort();
  const variables = Object.entries({ ...environment, PORT: String(port) }).flatMap(([name, value]) => [
    "--setenv",
    name,
    value,
  ]);
  const isolation =
    "--unshare-all --share-net --die-with-parent --proc /proc --dev /dev --tmpfs /tmp --clearenv";
  const child = spawn(
    "bwrap",
    ["--ro-bind", rootfs, "/", ...isolation.split(" "), ...variables, "/nodejs/bin/node", ...program],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    for (;;) {
      const reply = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      if (reply?.ok === true) return;
      if (child.exitCode !== null) throw new Error(`${program.join(" ")} ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}
