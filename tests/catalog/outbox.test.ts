import { join } from "node:path";
import { expect, test } from "vitest";
import type { Catalog } from "../../app/catalog/catalog.ts";
import type { Command } from "../../app/catalog/command.ts";
import { publishOutbox } from "../../app/catalog/outbox/publish-outbox.ts";
import type { PublishedEvent } from "../../app/catalog/outbox/published-event.ts";
import { publishedColumns } from "../../stacks/parts/published-columns.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { newKey, openCatalog, person, scratchFolder } from "./fixtures.ts";
import { newPhoto } from "./photo-fixture.ts";

async function run(catalog: Catalog, command: Command): Promise<void> {
  await catalog.execute(person, command, { idempotencyKey: newKey() });
}

async function ground() {
  const folder = scratchFolder();
  const catalog = await openCatalog(folder, { limits: { segmentLength: 4 } });
  const records = new DiskObjectStore(join(folder, "records"));
  const events: PublishedEvent[] = [];
  const options = {
    now: Date.now,
    segmentLength: 4,
    publish: async (more: readonly PublishedEvent[]) => void events.push(...more),
  };
  return { catalog, records, events, options, publish: () => publishOutbox(records, person, options) };
}

const named = ({ seq, part }: PublishedEvent) => `${seq}.${part}`;

test("everything leaves once, in order, in a schema of its own and nothing that only the owner may see", async () => {
  const { catalog, events, publish } = await ground();
  await run(catalog, { kind: "see-sign-in", email: "a@example.com", name: "Anna" });
  const photo = newPhoto("a", { title: "Secret", filename: "IMG_7.jpg", latitude: 52.5, camera: "Pixel" });
  await run(catalog, { kind: "add-photo", photo: { ...photo, private: false } });
  const expiresDate = new Date(Date.now() + 3600_000).toISOString();
  await run(catalog, {
    kind: "create-share",
    share: { id: "share-1", title: "Trip", expiresDate, photoIds: ["a"] },
  });
  await run(catalog, { kind: "trash-photo", photoId: "a" });
  await run(catalog, { kind: "purge-photo", photoId: "a" });
  await run(catalog, { kind: "finish-purge", photoId: "a" });
  expect(await publish()).toBe(7);
  const common = { user_id: person, at: expect.any(String), part: 0, bytes: 0, format: null, photo_id: null };
  expect(events).toEqual([
    { ...common, seq: 1, kind: "signed-in" },
    { ...common, seq: 2, kind: "photo-added", photo_id: "a", bytes: 1000, format: "image/jpeg" },
    { ...common, seq: 3, kind: "share-created" },
    { ...common, seq: 4, kind: "photo-trashed", photo_id: "a" },
    { ...common, seq: 4, part: 1, kind: "share-ended" },
    { ...common, seq: 5, kind: "photo-purging", photo_id: "a" },
    { ...common, seq: 6, kind: "photo-purged", photo_id: "a", bytes: -1000 },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/Secret|IMG_7|52\.5|Pixel|Anna|example\.com|share-1|Trip/);
  expect(await publish()).toBe(0);
});

test("every field has a column of the warehouse, and every column a field", async () => {
  const { catalog, events, publish } = await ground();
  await run(catalog, { kind: "add-photo", photo: newPhoto("a") });
  await publish();
  expect(Object.keys(events[0] ?? {}).toSorted()).toEqual(
    publishedColumns.map(({ name }) => name).toSorted(),
  );
});

test("whoever stops anywhere leaves nothing out, and the next one goes on in order", async () => {
  const { catalog, records, events, options } = await ground();
  for (let index = 0; index < 11; index++)
    await run(catalog, { kind: "add-photo", photo: newPhoto(`p${index}`) });
  for (let limit = 0; limit < 12; limit++) {
    let count = 0;
    const stopping = new Proxy(records, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (count++ >= limit) throw new Error("stopped");
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
    await publishOutbox(stopping, person, options).catch(() => undefined);
    await run(catalog, { kind: "add-photo", photo: newPhoto(`more-${limit}`) });
  }
  await publishOutbox(records, person, options);
  const firsts = [...new Set(events.map(named))];
  expect(firsts).toEqual(Array.from({ length: 23 }, (_, index) => `${index + 1}.0`));
});

test("what the topic refuses is published the next time", async () => {
  const { catalog, records, events, options, publish } = await ground();
  await run(catalog, { kind: "add-photo", photo: newPhoto("a") });
  const refusing = { ...options, publish: () => Promise.reject(new Error("no such topic")) };
  await expect(publishOutbox(records, person, refusing)).rejects.toThrow("no such topic");
  await publish();
  expect(events.map(named)).toEqual(["1.0"]);
});

test("two who publish at once repeat, and neither sets the mark back", async () => {
  const { catalog, records, events, options, publish } = await ground();
  await run(catalog, { kind: "add-photo", photo: newPhoto("a") });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const slow = publishOutbox(records, person, {
    ...options,
    publish: async (more) => {
      await held;
      await options.publish(more);
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await run(catalog, { kind: "add-photo", photo: newPhoto("b") });
  await publish();
  release();
  await slow;
  expect(await publish()).toBe(0);
  expect(new Set(events.map(named))).toEqual(new Set(["1.0", "2.0"]));
});
