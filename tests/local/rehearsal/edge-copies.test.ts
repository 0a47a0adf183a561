import { expect, test } from "vitest";
import { World } from "../../../local/google-apis/engine/world.ts";
import { type CopyKey, EdgeCopies } from "../../../local/rehearsal/edge-copies.ts";
import { dev, owner } from "../google-apis/caller.ts";

const photo: CopyKey = { urlMap: "map", backend: "originals", isSigned: true, path: "/photos/ada/1.jpg" };
const reply = { headers: { "content-type": "image/jpeg" }, bytes: Buffer.from("bytes") };

function open() {
  const world = new World({ projects: [dev], owner });
  const clock = { now: 0 };
  const copies = new EdgeCopies(world, () => clock.now);
  const invalidate = (path: string, urlMap = "map") => world.invalidations.push({ urlMap, host: "", path });
  return { copies, clock, invalidate };
}

test("a copy answers with its age until it is too old", () => {
  const { copies, clock } = open();
  expect(copies.find(photo)).toBeUndefined();
  copies.keep(photo, reply, 3600);
  clock.now = 2500;
  expect(copies.find(photo)).toMatchObject({ bytes: reply.bytes, headers: { ...reply.headers, age: "2" } });
  clock.now = 3_600_000;
  expect(copies.find(photo)).toBeUndefined();
  copies.keep(photo, reply, 0);
  expect(copies.find(photo)).toBeUndefined();
});

test("it is nobody else's: not of unsigned requests, another backend or path", () => {
  const { copies } = open();
  copies.keep(photo, reply, 3600);
  for (const other of [
    { isSigned: false },
    { backend: "derivatives" },
    { path: "/photos/ada/2.jpg" },
    { urlMap: "m" },
  ]) {
    expect(copies.find({ ...photo, ...other })).toBeUndefined();
  }
  expect(copies.find(photo)).toBeDefined();
});

test.each([
  ["/photos/ada/1.jpg", true],
  ["/photos/ada/*", true],
  ["/*", true],
  ["/photos/ada/1", false],
  ["/photos/ad", false],
  ["/photos/ben/*", false],
])("invalidating %s: gone is %s", (pattern, isGone) => {
  const { copies, invalidate } = open();
  invalidate(pattern);
  copies.keep(photo, reply, 3600);
  // What was filled afterwards stays.
  expect(copies.find(photo)).toBeDefined();
  invalidate(pattern, "another map");
  expect(copies.find(photo)).toBeDefined();
  invalidate(pattern);
  expect(copies.find(photo) === undefined).toBe(isGone);
});
