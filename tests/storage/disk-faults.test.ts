import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type * as files from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { crc32cOf } from "../../app/storage/crc32c.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { removeDiskLeftovers } from "../../app/storage/disk-leftovers.ts";
import {
  type CopyingStore,
  ObjectDamagedError,
  ObjectExistsError,
  type ObjectStore,
  OutcomeUnknownError,
  StoreUnavailableError,
} from "../../app/storage/object-store.ts";

const disk = await vi.hoisted(async () => new (await import("./failing-disk.ts")).FailingDisk());

vi.mock("node:fs/promises", async (original) => {
  const wrapped = disk.wrap(await original<typeof files>());
  return { ...wrapped, default: wrapped };
});

const scratch = mkdtempSync(join(tmpdir(), "imgstream-disk-faults-"));
let roots = 0;
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => disk.heal());

const [before, after] = [Buffer.from("before the change"), Buffer.from("after it, longer")];

const received = { path: join(scratch, "received"), sizeBytes: after.length, crc32c: crc32cOf(after) };
writeFileSync(received.path, after);

interface Change {
  readonly title: string;
  readonly exists: boolean;
  readonly run: (store: CopyingStore, generation: string) => Promise<unknown>;
  /** What may be there once it has happened. */
  readonly result: string | undefined;
}

const changes: Change[] = [
  {
    title: "creating",
    exists: false,
    run: (store) => store.put("log/1", after, { ifAbsent: true }),
    result: after.toString(),
  },
  {
    title: "putting what was not there",
    exists: false,
    run: (store) => store.put("log/1", after),
    result: after.toString(),
  },
  {
    title: "creating from a file of this machine",
    exists: false,
    run: (store) => store.put("log/1", received, { ifAbsent: true }),
    result: after.toString(),
  },
  { title: "replacing", exists: true, run: (store) => store.put("log/1", after), result: after.toString() },
  {
    title: "replacing one generation",
    exists: true,
    run: (store, ifGeneration) => store.put("log/1", after, { ifGeneration }),
    result: after.toString(),
  },
  {
    title: "copying",
    exists: false,
    run: async (store) => await copying(store),
    result: before.toString(),
  },
  { title: "deleting", exists: true, run: (store) => store.delete("log/1"), result: undefined },
];

/** Of the neighbour, which has been there before. */
async function copying(store: CopyingStore): Promise<unknown> {
  const object = await store.stat("log/neighbour");
  if (object === undefined) throw new Error("the neighbour is gone");
  return await store.copy({ store, object }, "log/1");
}

async function prepare({ exists }: Pick<Change, "exists">) {
  disk.heal();
  const root = join(scratch, `root${++roots}`);
  const store = new DiskObjectStore(root);
  await store.put("log/neighbour", before);
  const { generation } = exists ? await store.put("log/1", before) : { generation: "" };
  disk.heal();
  return { root, store, generation };
}

async function textOf(store: ObjectStore): Promise<string | undefined> {
  const found = await store.read("log/1");
  return found && Buffer.from(found.bytes).toString();
}

/** The steps that the change takes where nothing fails. */
async function stepsOf(change: Change): Promise<string[]> {
  const { store, generation } = await prepare(change);
  await change.run(store, generation);
  return [...disk.steps];
}

/** What a restart sees: the claims of the dead are void, and leftovers are swept after a while. */
async function restart(root: string): Promise<DiskObjectStore> {
  disk.heal();
  rmSync(join(root, ".claims"), { recursive: true, force: true });
  await removeDiskLeftovers(root, { now: Date.now() + 2 * 3600 * 1000 });
  return new DiskObjectStore(root);
}

test.each(changes)(
  "$title: killed at any step, the object is whole and as before or as after",
  async (change) => {
    const old = change.exists ? before.toString() : undefined;
    const steps = await stepsOf(change);
    const seen = new Set<string | undefined>();
    for (let at = 1; at <= steps.length; at++) {
      const { root, store, generation } = await prepare(change);
      disk.plan(at, "death");
      expect(await disk.run(change.run(store, generation))).toBe("died");
      const again = await restart(root);
      const text = await textOf(again);
      seen.add(text);
      expect([old, change.result]).toContain(text);
      const names = (await Array.fromAsync(again.list(""))).map(({ name }) => name);
      expect(names).toEqual(text === undefined ? ["log/neighbour"] : ["log/1", "log/neighbour"]);
      expect(readdirSync(join(root, "log"))).toHaveLength(names.length * 2);
      await again.put("log/1", after);
      expect(await textOf(again)).toBe(after.toString());
    }
    expect(seen).toEqual(new Set([old, change.result]));
  },
);

test.each(changes.flatMap((change) => ["ENOSPC", "EACCES", "EIO"].map((code) => ({ ...change, code }))))(
  "$title: $code at any step is said as the store's, and what it says is so",
  async ({ code, ...change }) => {
    const old = change.exists ? before.toString() : undefined;
    const steps = await stepsOf(change);
    const said = new Set<string>();
    const faults: string[] = [];
    for (let at = 1; at <= steps.length; at++) {
      const { root, store, generation } = await prepare(change);
      disk.plan(at, code);
      const outcome = await disk.run(change.run(store, generation));
      disk.heal();
      const text = await textOf(new DiskObjectStore(root));
      const word = wordOf(outcome, code);
      said.add(word);
      const isSo =
        word === "done"
          ? text === change.result
          : word === "unknown" || change.result === undefined
            ? text === old || text === change.result
            : word === "refused" && text === old;
      if (!isSo) faults.push(`${steps[at - 1]}: said '${word}', and there is '${text}'`);
      const again = await restart(root);
      await again.put("log/1", after);
      if ((await textOf(again)) !== after.toString()) faults.push(`${steps[at - 1]}: the next put fails`);
    }
    expect(faults).toEqual([]);
    expect(said.size).toBeGreaterThan(1);
  },
);

/** What the store said became of it. */
function wordOf(outcome: Awaited<ReturnType<typeof disk.run>>, code: string): string {
  if (outcome === "died") return "nothing";
  if (outcome.status === "fulfilled") return "done";
  const reason: unknown = outcome.reason;
  if (reason instanceof OutcomeUnknownError) return "unknown";
  const cause = reason instanceof StoreUnavailableError ? reason.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === code ? "refused" : String(reason);
}

test.each(changes.filter(({ result }) => result !== undefined))(
  "$title: a sweep that takes what stood still at any step for old takes nothing that is acknowledged",
  async (change) => {
    const old = change.exists ? before.toString() : undefined;
    const steps = await stepsOf(change);
    const said = new Set<string>();
    for (let at = 1; at <= steps.length; at++) {
      const { root, store, generation } = await prepare(change);
      disk.plan(
        at,
        async () => void (await removeDiskLeftovers(root, { now: Date.now() + 2 * 3600 * 1000 })),
      );
      const [outcome] = await Promise.allSettled([change.run(store, generation)]);
      said.add(outcome.status);
      const reason: unknown = outcome.status === "rejected" ? outcome.reason : undefined;
      expect(reason === undefined || reason instanceof StoreUnavailableError).toBe(true);
      expect(await textOf(store)).toBe(outcome.status === "fulfilled" ? change.result : old);
      await store.put("log/1", after);
      expect(await textOf(store)).toBe(after.toString());
      expect(readdirSync(join(root, "log"))).toHaveLength(4);
    }
    expect(said).toEqual(new Set(["fulfilled", "rejected"]));
  },
);

test("content that a killed sweep had put aside gets its place back where it was named meanwhile, and goes where not", async () => {
  const later = { now: Date.now() + 2 * 3600 * 1000 };
  for (const isNamed of [true, false]) {
    const { root, store } = await prepare({ exists: false });
    await store.put("log/1", after, { ifAbsent: true });
    const link = readlinkSync(join(root, "log/1"));
    rmSync(join(root, "log/1"));
    // Where the next step would look who names it.
    disk.plan(2, "death");
    expect(await disk.run(removeDiskLeftovers(root, later))).toBe("died");
    expect(disk.steps).toEqual([expect.stringMatching(/^rename content to \.aside/), "rm .aside" + link]);
    if (isNamed) symlinkSync(link, join(root, "log/1"));
    expect(await textOf(await restart(root))).toBe(isNamed ? after.toString() : undefined);
    expect(readdirSync(join(root, "log"))).toHaveLength(isNamed ? 4 : 2);
  }
});

test("content is synced before it has its place, its place before its name, its name before it is acknowledged", async () => {
  for (const change of changes.filter(({ result }) => result !== undefined)) {
    const steps = await stepsOf(change);
    const named = /^(?:creating|copying)/.test(change.title) ? "symlink 1" : "rename temporary to 1";
    const made = steps.includes("link temporary") ? "link temporary" : "write temporary";
    // What is copied was synced by who wrote it.
    const written = change.title === "copying" ? [made] : [made, "sync temporary"];
    const inOrder = [...written, "rename temporary to content", named, "sync log"];
    const places = inOrder.map((step) => steps.lastIndexOf(step));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  }
});

const creating = changes.filter(({ title }) => /^(?:creating|copying)/.test(title));

test.each(creating)(
  "$title: that a name is taken is told once it is durable, for who took it may have been killed before that",
  async ({ run }) => {
    const { root, store } = await prepare({ exists: false });
    await run(store, "");
    const synced = disk.steps.lastIndexOf("sync log") + 1;
    const other = new DiskObjectStore(root);
    disk.heal();
    await expect(run(other, "")).rejects.toThrow(ObjectExistsError);
    const syncedAgain = disk.steps.lastIndexOf("sync log") + 1;
    expect(syncedAgain).toBeGreaterThan(0);
    for (const what of ["EIO", "EMFILE", "death"]) {
      const again = await prepare({ exists: false });
      disk.plan(synced, what);
      await disk.run(run(again.store, ""));
      disk.plan(syncedAgain, "EIO");
      await expect(run(new DiskObjectStore(again.root), "")).rejects.toThrow(OutcomeUnknownError);
    }
  },
);

test.each(creating)(
  "$title: so it is where the name is taken while the content is written",
  async ({ run }) => {
    const steps = await stepsOf({ title: "", exists: false, run, result: undefined });
    const { store } = await prepare({ exists: false });
    const named = steps.indexOf("symlink 1") + 1;
    disk.plan(named, "EEXIST");
    await expect(run(store, "")).rejects.toThrow(ObjectExistsError);
    expect(disk.steps.lastIndexOf("sync log")).toBeGreaterThanOrEqual(named);
  },
);

test.each(["EXDEV", "EPERM", "EMLINK"])(
  "where one file cannot have two names (%s) the copy has its own bytes, synced before their place",
  async (code) => {
    const copy = changes.find(({ title }) => title === "copying");
    if (copy === undefined) throw new Error("no such change");
    const at = (await stepsOf(copy)).indexOf("link temporary") + 1;
    const { root, store } = await prepare(copy);
    disk.plan(at, code);
    await copying(store);
    expect(await textOf(store)).toBe(before.toString());
    expect(statSync(join(root, "log/1")).nlink).toBe(1);
    expect(disk.steps.indexOf("sync temporary")).toBeGreaterThan(at);
    expect(disk.steps.indexOf("rename temporary to content")).toBeGreaterThan(
      disk.steps.indexOf("sync temporary"),
    );

    const damaged = await prepare(copy);
    writeFileSync(realpathSync(join(damaged.root, "log/neighbour")), "another content".padEnd(before.length));
    disk.plan(at, code);
    await expect(copying(damaged.store)).rejects.toThrow(ObjectDamagedError);
    expect(await textOf(damaged.store)).toBeUndefined();
  },
);

test("a slot that a killed writer took is taken, and its name free where it was not yet", async () => {
  const [create] = changes;
  if (create === undefined) throw new Error("no such change");
  const steps = await stepsOf(create);
  const outcomes = [];
  for (let at = 1; at <= steps.length; at++) {
    const { root, store, generation } = await prepare(create);
    disk.plan(at, "death");
    await disk.run(create.run(store, generation));
    const again = await restart(root);
    const isThere = (await textOf(again)) !== undefined;
    const [outcome] = await Promise.allSettled([again.put("log/1", after, { ifAbsent: true })]);
    outcomes.push(outcome.status);
    const isRefused = outcome.status === "rejected" && outcome.reason instanceof ObjectExistsError;
    expect(isRefused).toBe(isThere);
  }
  expect(new Set(outcomes)).toEqual(new Set(["fulfilled", "rejected"]));
});

test.each(["EXDEV", "EPERM"])(
  "a file that cannot have a second name here (%s) is copied, and summed as it is",
  async (code) => {
    const { root, store } = await prepare({ exists: false });
    await store.put("log/0", received, { ifAbsent: true });
    const linkStep = disk.steps.indexOf("link temporary") + 1;
    disk.plan(linkStep, code);
    const put = await store.put("log/1", received, { ifAbsent: true });
    expect(disk.steps).toContain("write temporary");
    expect(put).toMatchObject({ sizeBytes: after.length, crc32c: received.crc32c });
    expect(await textOf(new DiskObjectStore(root))).toBe(after.toString());
    disk.plan(linkStep, code);
    const wrong = await store.put("log/2", { ...received, crc32c: "AAAAAA==" }, { ifAbsent: true });
    expect(wrong.crc32c).toBe(received.crc32c);
  },
);

test("a file of this machine is not copied, and is untouched by what becomes of its object", async () => {
  const { root, store } = await prepare({ exists: false });
  await store.put("log/1", received, { ifAbsent: true });
  expect(disk.steps.filter((step) => step.startsWith("write"))).toEqual([]);
  await store.put("log/1", before);
  await store.delete("log/1");
  expect(readFileSync(received.path)).toEqual(after);
  expect(readdirSync(join(root, "log"))).toHaveLength(2);
});
