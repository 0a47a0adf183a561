import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { RecentPeople } from "../../../local/edge/recent-people.ts";

const folder = mkdtempSync(join(tmpdir(), "recent-people-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("of many who sign in at once, the latest eight are remembered, each once", async () => {
  const people = new RecentPeople(folder);
  const names = Array.from({ length: 12 }, (_, index) => `person-${index}@example.com`);
  await Promise.all([...names, "person-11@example.com"].map((email) => people.remember(email)));
  expect(await people.list()).toEqual(names.slice(-8).toReversed());
});
