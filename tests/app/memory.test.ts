import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { sharp } from "../../app/pictures/bounded-sharp.ts";
import { objectPrefixes } from "../../app/runtime-contract.ts";
import { localEvents } from "../../local/events/local-events.ts";
import { startObjectEvents } from "../../local/events/object-events.ts";
import { attackingFiles } from "../pictures/attacking-files.ts";
import { createAppGround } from "./app-process.ts";
import { canLimitMemory, limitMemory } from "./memory-limit.ts";

const mebibyte = 2 ** 20;
/** What the roles have in the smallest environment, with one core each. */
const sizes = { web: 512 * mebibyte, worker: 2048 * mebibyte };
const canLimit = (canLimitMemory() && existsSync("/dev/shm")) || process.env["CI"] === "true";
const why = canLimit
  ? ""
  : " (skipped: needs a memory control group that may be written, and /dev/shm: run it as root)";

type Role = keyof typeof sizes;

async function createLimitedGround() {
  const ground = await createAppGround();
  // On Cloud Run files are memory as well.
  const inMemory = mkdtempSync("/dev/shm/imgstream-");
  const origins: Partial<Record<Role, string>> = {};
  const events = await startObjectEvents({
    uploadsFolder: join(ground.folder, "uploads"),
    prefix: objectPrefixes.processing,
    workerOrigin: () => origins.worker,
    pollMilliseconds: 100,
  });
  const limits = { web: limitMemory("web", sizes.web), worker: limitMemory("worker", sizes.worker) };
  const start = (role: Role) =>
    ground.startProgram(
      ground.program,
      [role],
      {
        CACHE_FOLDER: join(inMemory, role),
        EVENTS_AUDIENCE: localEvents.audience,
        EVENTS_ACCOUNT: localEvents.account,
        EVENTS_KEY_SET_URL: events.keySetUrl,
      },
      [...limits[role].command, "taskset", "-c", "0"],
    );
  const processes = { web: start("web"), worker: start("worker") };
  onTestFinished(async () => {
    for (const one of Object.values(processes)) one.kill("SIGKILL");
    await Promise.all(Object.values(processes).map(({ ended }) => ended));
    await events.close();
    for (const limit of Object.values(limits)) limit.remove();
    rmSync(inMemory, { recursive: true, force: true });
  });
  for (const role of ["web", "worker"] as const) origins[role] = await processes[role].origin;
  return { ground, limits, processes, web: origins.web ?? "" };
}

type LimitedGround = Awaited<ReturnType<typeof createLimitedGround>>;

/** Sends one file again for as long as it is told to come back. @returns the status that settles it */
async function send({ ground, web }: LimitedGround, bytes: Buffer, person: number): Promise<number> {
  const headers = await ground.headers({
    sub: `accounts.google.com:${person}`,
    email: `${person}@example.com`,
  });
  for (;;) {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(bytes)]), "photo.jpg");
    const reply = await fetch(`${web}/v1/photos`, {
      method: "POST",
      headers: { ...headers, origin: "http://localhost:8080", "sec-fetch-site": "same-origin" },
      body: form,
    });
    await reply.arrayBuffer();
    if (reply.status !== 503 && reply.status !== 429) return reply.status;
    const seconds = Number(reply.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    await pause(seconds * 1000);
  }
}

function blank(sides: number) {
  return sharp({ create: { width: sides, height: sides, channels: 3, background: "#786" } });
}

/** Some whose decoding takes the most that web decodes itself; all as large as one request may be. */
async function largest(count: number): Promise<Buffer[]> {
  const small = await blank(1000).jpeg().toBuffer();
  const sources = [
    await blank(5200).jpeg({ progressive: true }).toBuffer(),
    await blank(5200).webp({ effort: 0 }).toBuffer(),
    await blank(9900).jpeg().toBuffer(),
    ...Array.from({ length: 7 }, () => small),
  ];
  return Array.from({ length: count }, (_, index) => {
    const source = sources[index % sources.length] ?? small;
    return Buffer.concat([source, Buffer.alloc(29 * mebibyte - source.length, `photo ${index} `)]);
  });
}

const statusOf = {
  derived: 201,
  "left to the worker": 202,
  "unreadable-picture": 422,
  "too-many-pixels": 422,
};

test.skipIf(!canLimit)(
  `twenty of the largest uploads at once, and files that attack, are all settled by web within 512 MiB and one core${why}`,
  { timeout: 240_000 },
  async () => {
    const limited = await createLimitedGround();
    const { processes, limits } = limited;
    const endedBefore = vi.fn<(end: unknown) => void>();
    for (const { ended } of Object.values(processes)) void ended.then(endedBefore);

    const files = await largest(20);
    const statuses = await Promise.all(files.map((bytes, index) => send(limited, bytes, index % 4)));
    expect(statuses).toEqual(files.map(() => 201));

    const attacks = Object.entries(await attackingFiles());
    const ends = await Promise.all(
      attacks.map(async ([name, { bytes }]) => [name, await send(limited, bytes, 5)] as const),
    );
    expect(Object.fromEntries(ends)).toEqual(
      Object.fromEntries(attacks.map(([name, { end }]) => [name, statusOf[end]])),
    );
    expect((await fetch(`${limited.web}/health/ready`)).status).toBe(200);
    expect(endedBefore).not.toHaveBeenCalled();
    for (const role of ["web", "worker"] as const) {
      expect(limits[role].peakBytes()).toBeLessThan(sizes[role]);
    }
  },
);
