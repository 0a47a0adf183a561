import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createCloudEdgeCache } from "../../../app/media/cloud-edge-cache.ts";
import { EdgeCacheError } from "../../../app/media/edge-cache.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { dev, openStandIn } from "../../local/google-apis/caller.ts";
import { type OwnersDoor, openOwnersDoor } from "./owners-door.ts";

let standIn: StandIn;
let door: OwnersDoor;
const pauses: number[] = [];
const of = (urlMap: string) =>
  createCloudEdgeCache({
    projectId: dev.projectId,
    urlMap,
    endpoint: door.origin,
    pauseMilliseconds: async (milliseconds) => pauses.push(milliseconds),
  });

beforeAll(async () => {
  const opened = await openStandIn();
  ({ standIn } = opened);
  const global = `/compute/v1/projects/${dev.projectId}/global`;
  const map = { name: "photos", defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } };
  await opened.ask("POST", `${global}/urlMaps`, map);
  door = await openOwnersDoor(standIn);
});

afterAll(async () => {
  await door.close();
  await standIn.close();
});

beforeEach(() => {
  standIn.world.invalidations.splice(0);
  pauses.splice(0);
  door.answered.splice(0);
});

const foldersOf = (some: readonly string[]) =>
  ["photos", "previews", "thumbnails"].flatMap((folder) => some.map((person) => `${folder}/${person}/`));
const patterns = () => standIn.world.invalidations.map(({ path }) => path);

test("everything under each prefix is invalidated, once, whatever the host", async () => {
  await of("photos").forget(["photos/ada/", "previews/ada/", "photos/ada/"]);
  expect(standIn.world.invalidations).toEqual([
    { urlMap: `projects/${dev.projectId}/global/urlMaps/photos`, host: "", path: "/photos/ada/*" },
    { urlMap: `projects/${dev.projectId}/global/urlMaps/photos`, host: "", path: "/previews/ada/*" },
  ]);
  await of("photos").forget([]);
  expect(patterns()).toHaveLength(2);
});

test("more people than may be invalidated at once are so by the folders above", async () => {
  const people = Array.from({ length: 21 }, (_, index) => `person-${index}`);
  await of("photos").forget(foldersOf(people.slice(1)));
  expect(patterns()).toHaveLength(60);
  standIn.world.invalidations.splice(0);
  await of("photos").forget(foldersOf(people));
  expect(patterns()).toEqual(["/photos/*", "/previews/*", "/thumbnails/*"]);
});

test.each([429, 503, "reset", "rate"] as const)(
  "what passes is waited for (%s) and asked for under the same id",
  async (fault) => {
    door.failNext(fault, fault);
    await of("photos").forget(["photos/ada/"]);
    expect(patterns()).toEqual(["/photos/ada/*"]);
    expect(pauses).toHaveLength(2);
    const ids = door.answered.map(({ url }) => url.searchParams.get("requestId"));
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  },
);

test("the pauses last longer than the minute by which requests are counted", async () => {
  door.failNext(...Array<429>(7).fill(429));
  await expect(of("photos").forget(["photos/ada/"])).rejects.toThrow(
    /under '\/photos\/ada\/\*': 429.*repeat it later/,
  );
  // Each is at least the half of what it may be.
  expect(pauses).toHaveLength(6);
  expect(pauses.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(31_000);
});

test("what is refused for good is not asked again", async () => {
  await expect(of("nobodys").forget(["photos/ada/"])).rejects.toThrow(EdgeCacheError);
  expect([pauses.length, door.answered.length]).toEqual([0, 1]);
});

test("an operation is waited for; one that failed has not been done", async () => {
  door.answerNext({ name: "operation-1", status: "RUNNING" }, { name: "operation-1", status: "DONE" });
  await of("photos").forget(["photos/ada/"]);
  expect(door.answered.at(-1)?.url.pathname).toMatch(/operations\/operation-1\/wait$/);
  door.answerNext(
    { name: "operation-2", status: "PENDING" },
    { name: "operation-2", status: "DONE", error: { errors: [{ code: "X", message: "not today" }] } },
  );
  await expect(of("photos").forget(["photos/ada/"])).rejects.toThrow(/not today/);
  door.answerNext(...Array.from({ length: 6 }, () => ({ name: "operation-3", status: "RUNNING" })));
  await expect(of("photos").forget(["photos/ada/"])).rejects.toThrow(/operation-3 did not end/);
});

test("an answer of another shape, and one prefix of many that failed, are errors", async () => {
  door.answerNext({ kind: "something else" });
  await expect(of("photos").forget(["photos/ada/"])).rejects.toThrow(/expected an operation/);
  door.failNext(400);
  await expect(of("photos").forget(["photos/ada/", "previews/ada/"])).rejects.toThrow(EdgeCacheError);
});

test("the stand-in refuses a pattern that Google refuses", async () => {
  for (const pattern of ["photos/ada/", "photos/a*b/", "photos/a?b/", "photos/a#b/"]) {
    expect([pattern, await door.invalidate("photos", pattern)]).toEqual([pattern, 400]);
  }
  expect(await door.invalidate("photos", "/photos/ad*")).toBe(400);
  expect(await door.invalidate("photos", "/photos/ada.jpg")).toBe(200);
});
