import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCatalog } from "../../../app/catalog/create-catalog.ts";
import { organisationModel } from "../../../app/catalog/organisation/organisation-model.ts";
import type { OrganisationCommand } from "../../../app/catalog/organisation-catalog.ts";
import { segmentLength } from "../../../app/catalog/protocol/segments.ts";
import { realSurroundings } from "../../../app/catalog/protocol/surroundings.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { organisationAnswersOf, writeReleasedOrganisation } from "./released-organisation.ts";

/**
 * `npx node tests/catalog/released/record-organisation.ts`: as record.ts, of the organisation's catalog. Run it before
 * the version of its view is counted up; what is kept is never made anew.
 */
const folder = mkdtempSync(join(tmpdir(), "imgstream-released-"));
const store = new DiskObjectStore(join(folder, "records"));
let now = Date.parse("2026-11-27T08:00:00.000Z");
let ids = 0;
const open = (cacheFolder: string) =>
  createCatalog({
    records: store,
    cacheFolder: join(folder, cacheFolder),
    writer: "a released process",
    surroundings: {
      ...realSurroundings,
      now: () => (now += 1000),
      uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    },
  });
let catalog = await open("before");
let keys = 0;
const execute = (command: OrganisationCommand) =>
  catalog.organisation.execute(command, { idempotencyKey: `key-${++keys}` });
const idOf = (index: number) => `0193a5b8-0000-4000-8000-00000000000${index}`;
const see = (index: number, email: string, name: string | null) =>
  execute({ kind: "see-member", salt: "salt", userId: idOf(index), email, name });

await see(1, "Ada@example.com", "Ada");
await see(1, "Ada@example.com", "Ada Lovelace");
await see(2, "desk@example.com", "Søren Straße");
await see(3, "DESK@example.com", null);
await see(4, "left@example.com", "Left");
await execute({ kind: "set-quota", userId: idOf(2), bytes: 5 * 2 ** 30 });
await execute({ kind: "set-quota", userId: idOf(3), bytes: 1000 });
await execute({ kind: "set-quota", userId: idOf(3), bytes: null });
await execute({ kind: "close-member", userId: idOf(4) });
await execute({ kind: "set-flag", flag: { name: "shares", isEnabled: false, userIds: [idOf(2), idOf(1)] } });
await execute({ kind: "set-flag", flag: { name: "albums", isEnabled: true, userIds: [] } });
await execute({ kind: "set-flag", flag: { name: "gone", isEnabled: true, userIds: [] } });
await execute({ kind: "remove-flag", name: "gone" });
await execute({ kind: "set-setting", name: "greeting", value: { text: "Grüße", lines: [1, null, true] } });
const day = (name: string, people: number) =>
  execute({
    kind: "record-statistics",
    statistics: { day: name, people, photos: 10 * people, bytes: 3_000_000_000 },
  });
await day("2026-11-25", 2);
await day("2026-11-26", 2);
await day("2026-11-26", 3);
// So many that there is a segment, and entries after it.
for (let index = 0; index < segmentLength; index++) {
  await execute({ kind: "set-setting", name: "count", value: index });
}
// With the segment came a snapshot; what is after it is in the log alone.
await catalog.close();
catalog = await open("after");
await execute({ kind: "set-setting", name: "count", value: "after the snapshot" });
const answers = await organisationAnswersOf(catalog.organisation);
await catalog.close();
const objects = [];
for await (const { name, contentType } of store.list("")) {
  const bytes = (await store.read(name))?.bytes ?? new Uint8Array();
  objects.push({ name, contentType, base64: Buffer.from(bytes).toString("base64") });
}
const file = writeReleasedOrganisation({ viewVersion: organisationModel.viewVersion, objects, answers });
process.stdout.write(`kept ${objects.length} objects in ${file}\n`);
rmSync(folder, { recursive: true, force: true });
