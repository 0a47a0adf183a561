import { expect, test } from "vitest";
import { type HeldKey, KeptKeys, type KeyLocks, type KeyStorage } from "../../app/web/upload/kept-keys.ts";

const identity = {
  personId: "anna",
  filename: "holiday.jpg",
  contentType: "image/jpeg",
  sha256: "c".repeat(64),
};
const day = 24 * 3600 * 1000;

class MemoryStorage implements KeyStorage {
  readonly entries = new Map<string, string>();

  get length(): number {
    return this.entries.size;
  }

  key(index: number): string | null {
    return [...this.entries.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.entries.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.entries.set(name, value);
  }

  removeItem(name: string): void {
    this.entries.delete(name);
  }
}

/** One browser, in which pages come and go. */
function makeBrowser(storage: () => KeyStorage | null = keptIn(new MemoryStorage())) {
  const held = new Set<string>();
  const locks: KeyLocks = {
    async request(name, _options, work) {
      if (held.has(name)) return await work(null);
      held.add(name);
      try {
        return await work({});
      } finally {
        held.delete(name);
      }
    },
    query: async () => ({ held: [...held].map((name) => ({ name })) }),
  };
  const clock = { now: 1_000_000 };
  const openPage = (given: { readonly locks?: KeyLocks | undefined } = { locks }) =>
    new KeptKeys({ storage, locks: given.locks, now: () => clock.now });
  return { openPage, clock };
}

function keptIn(storage: KeyStorage): () => KeyStorage {
  return () => storage;
}

const valueOf = async (key: HeldKey) => key.value;

test("a page that is opened anew takes the key of the same person's same file", async () => {
  const { openPage } = makeBrowser();
  expect(await openPage().hold(identity, "first", valueOf)).toBe("first");
  expect(await openPage().hold(identity, "second", valueOf)).toBe("first");
});

test("a key is taken up where an upload was begun under it, until it is replaced or forgotten", async () => {
  const { openPage } = makeBrowser();
  const page = openPage();
  expect(await page.hold(identity, "first", async (key) => key.isTakenUp)).toBe(false);
  expect(await page.hold(identity, "first", async (key) => key.isTakenUp)).toBe(true);
  const seen = await openPage().hold(identity, "second", async (key) => {
    const before = key.isTakenUp;
    key.replace();
    return [before, key.isTakenUp];
  });
  expect(seen).toEqual([true, false]);
  const forgotten = await openPage().hold(identity, "third", async (key) => {
    key.forget();
    return key.isTakenUp;
  });
  expect(forgotten).toBe(false);
});

test("nothing of another person, another file or a file that has changed is taken", async () => {
  const { openPage } = makeBrowser();
  await openPage().hold(identity, "first", valueOf);
  for (const other of [
    { ...identity, personId: "ben" },
    { ...identity, filename: "other.jpg" },
    { ...identity, contentType: "" },
    { ...identity, sha256: "d".repeat(64) },
  ]) {
    expect(await openPage().hold(other, "second", valueOf)).toBe("second");
  }
});

test("what is kept tells neither person nor file", async () => {
  const storage = new MemoryStorage();
  await makeBrowser(keptIn(storage)).openPage().hold(identity, "first", valueOf);
  expect([...storage.entries].flat().join(" ")).toMatch(
    /^imgstream\.upload\.[0-9a-f]{64} 1000000 first [0-9a-f]{16}$/,
  );
  // Nor that two are one person's.
  await makeBrowser(keptIn(storage))
    .openPage()
    .hold({ ...identity, filename: "other.jpg" }, "second", valueOf);
  const marks = [...storage.entries.values()].map((value) => value.split(" ")[2]);
  expect(new Set(marks).size).toBe(2);
});

test("what was left unfinished is found by who began it, until it comes to its end or a day has passed", async () => {
  const { openPage, clock } = makeBrowser();
  const other = { ...identity, filename: "other.jpg" };
  await openPage().hold(identity, "first", valueOf);
  clock.now += 1;
  await openPage().hold(other, "second", valueOf);
  const page = openPage();
  const found = await page.findInterrupted("anna");
  expect(found).toHaveLength(2);
  expect(await page.findInterrupted("ben")).toEqual([]);
  expect(page.stillKept(found)).toEqual(found);
  await openPage().hold(other, "again", async (key) => key.forget());
  const [left] = page.stillKept(found);
  expect(page.stillKept(found)).toEqual([left]);
  // Begun anew under another key it is still the same one.
  await openPage().hold(identity, "again", async (key) => key.replace());
  expect(page.stillKept(found)).toEqual([left]);
  expect(await page.findInterrupted("anna")).toEqual([left]);
  clock.now += day;
  expect(page.stillKept(found)).toEqual([]);
  expect(await openPage().findInterrupted("anna")).toEqual([]);
});

test("what another tab is sending was not interrupted", async () => {
  const { openPage } = makeBrowser();
  await openPage().hold({ ...identity, filename: "left.jpg" }, "first", valueOf);
  await openPage().hold(identity, "second", async () => {
    expect(await openPage().findInterrupted("anna")).toHaveLength(1);
  });
  expect(await openPage().findInterrupted("anna")).toHaveLength(2);
  expect(await openPage({ locks: undefined }).findInterrupted("anna")).toEqual([]);
  const locks: KeyLocks = {
    request: (_name, _options, work) => work({}),
    query: () => Promise.reject(new DOMException("no", "SecurityError")),
  };
  expect(await openPage({ locks }).findInterrupted("anna")).toEqual([]);
});

test("what was dismissed is told no more, goes on all the same, and is told when it is interrupted again", async () => {
  const { openPage, clock } = makeBrowser();
  await openPage().hold(identity, "first", valueOf);
  clock.now += day - 2;
  const found = await openPage().findInterrupted("anna");
  openPage().dismiss(found);
  expect(openPage().stillKept(found)).toEqual([]);
  expect(await openPage().findInterrupted("anna")).toEqual([]);
  expect(await openPage().hold(identity, "second", valueOf)).toBe("first");
  expect(await openPage().findInterrupted("anna")).toEqual(found);
  // Of its day it has used what it has.
  clock.now += 2;
  expect(await openPage().findInterrupted("anna")).toEqual([]);
});

test("an upload that came to its end is forgotten, one whose session is gone has another key", async () => {
  const { openPage } = makeBrowser();
  const replaced = await openPage().hold(identity, "first", async (key) => {
    key.replace();
    return key.value;
  });
  expect(replaced).not.toBe("first");
  expect(await openPage().hold(identity, "second", valueOf)).toBe(replaced);
  await openPage().hold(identity, "third", async (key) => key.forget());
  expect(await openPage().hold(identity, "fourth", valueOf)).toBe("fourth");
});

test("an upload that is given up after it was held is forgotten, and no other of the same file", async () => {
  const { openPage } = makeBrowser();
  const page = openPage();
  await page.hold(identity, "first", valueOf);
  expect(await page.giveUp(identity, "first-beside")).toBe(true);
  expect(await openPage().findInterrupted("anna")).toHaveLength(1);
  expect(await page.giveUp(identity, "first")).toBe(true);
  expect(await openPage().findInterrupted("anna")).toEqual([]);
  expect(await page.hold(identity, "second", valueOf)).toBe("second");
});

test("what another tab goes on with is not given up here", async () => {
  const { openPage } = makeBrowser();
  const page = openPage();
  await page.hold(identity, "first", valueOf);
  await openPage().hold(identity, "second", async (key) => {
    expect(key.value).toBe("first");
    expect(await page.giveUp(identity, "first")).toBe(false);
    // Its own beside that one is known to nobody else.
    expect(await page.giveUp(identity, "first-beside")).toBe(true);
  });
  expect(await openPage().hold(identity, "third", valueOf)).toBe("first");
});

test("a key lasts as long as the service keeps a place, counted from the first attempt", async () => {
  const storage = new MemoryStorage();
  const { openPage, clock } = makeBrowser(keptIn(storage));
  await openPage().hold(identity, "first", valueOf);
  clock.now += day - 1;
  expect(await openPage().hold(identity, "second", valueOf)).toBe("first");
  clock.now += 1;
  storage.setItem("of something else", "stays");
  storage.setItem("imgstream.upload.damaged", "no entry");
  const page = openPage();
  expect([...storage.entries.keys()]).toEqual(["of something else"]);
  expect(await page.hold(identity, "third", valueOf)).toBe("third");
});

test("a clock that was set back forgets what it says is of the future", async () => {
  const { openPage, clock } = makeBrowser();
  await openPage().hold(identity, "first", valueOf);
  clock.now -= 1;
  expect(await openPage().hold(identity, "second", valueOf)).toBe("second");
});

test("the same file at once in two tabs has two keys, and only the first is kept", async () => {
  const { openPage } = makeBrowser();
  const inside = await openPage().hold(identity, "first", async () => {
    return await openPage().hold(identity, "second", async (key) => {
      key.forget();
      return key.value;
    });
  });
  expect(inside).toBe("second-beside");
  expect(await openPage().hold(identity, "third", valueOf)).toBe("first");
});

test("whoever comes back while another tab goes on with the key does not send under it as well", async () => {
  const { openPage } = makeBrowser();
  const page = openPage();
  await page.hold(identity, "first", valueOf);
  const again = await openPage().hold(identity, "second", async (key) => {
    expect(key.value).toBe("first");
    return await page.hold(identity, "first", valueOf);
  });
  expect(again).toBe("first-beside");
});

test("where a browser refuses its locks nothing is taken up, and what fails with a lock fails once", async () => {
  const { openPage } = makeBrowser();
  const locks: KeyLocks = {
    request: () => Promise.reject(new DOMException("blocked", "SecurityError")),
    query: () => Promise.reject(new DOMException("blocked", "SecurityError")),
  };
  expect(await openPage({ locks }).hold(identity, "first", valueOf)).toBe("first");
  expect(await openPage({ locks }).giveUp(identity, "first")).toBe(true);
  let times = 0;
  const failing = () => Promise.reject(new Error(`failed ${++times} times`));
  await expect(openPage().hold(identity, "first", failing)).rejects.toThrow("failed 1 times");
});

test("where a browser has no locks nothing is taken up, for another tab might be sending it", async () => {
  const { openPage } = makeBrowser();
  expect(await openPage({ locks: undefined }).hold(identity, "first", valueOf)).toBe("first");
  expect(await openPage({ locks: undefined }).giveUp(identity, "first")).toBe(true);
  expect(await openPage().hold(identity, "second", valueOf)).toBe("second");
});

const full = new MemoryStorage();
full.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};

test.each([
  ["is full", keptIn(full)],
  ["gives none", () => null],
  [
    "forbids it",
    (): KeyStorage => {
      throw new DOMException("no", "SecurityError");
    },
  ],
])("a storage that %s costs only what a reload would take up", async (_what, storage) => {
  const { openPage } = makeBrowser(storage);
  const page = openPage();
  expect(await page.hold(identity, "first", valueOf)).toBe("first");
  expect(await page.hold(identity, "second", valueOf)).toBe("first");
  expect(await openPage().hold(identity, "third", valueOf)).toBe("third");
  expect(await openPage().findInterrupted("anna")).toEqual([]);
  expect(() => openPage().dismiss(["imgstream.upload.any"])).not.toThrow();
});
