import { expect, test } from "vitest";
import { SignedOutError, UnreachableError } from "../../app/web/api/failure.ts";
import type { PhotoListJson } from "../../app/web/api/photo-json.ts";
import { PhotoList } from "../../app/web/gallery/photo-list.ts";
import { samplePhoto } from "./photo-sample.ts";

const photoOf = (id: string, taken: string | null, uploaded = "2026-11-23T08:30:00.000Z") =>
  samplePhoto({ id, taken_at: taken, upload_date: uploaded });

function makeList(pages: readonly (PhotoListJson | Error)[]) {
  const cursors: (string | undefined)[] = [];
  let signedOut = false;
  const list = new PhotoList({
    list: async (cursor) => {
      const page = pages[cursors.length];
      cursors.push(cursor);
      if (page === undefined || page instanceof Error) throw page ?? new Error("no such page");
      return page;
    },
    onSignedOut: () => (signedOut = true),
  });
  return {
    list,
    cursors,
    ids: () => list.state.value.photos.map(({ id }) => id),
    isSignedOut: () => signedOut,
  };
}

test("pages are read one after the other by their cursor until the last", async () => {
  const { list, cursors, ids } = makeList([
    { photos: [photoOf("b", "2020-01-02T00:00:00")], next_cursor: "after-b" },
    { photos: [photoOf("a", "2020-01-01T00:00:00")], next_cursor: null },
  ]);
  await list.readMore();
  await Promise.all([list.readMore(), list.readMore()]);
  await list.readMore();
  expect(cursors).toEqual([undefined, "after-b"]);
  expect(ids()).toEqual(["b", "a"]);
  expect(list.state.value.status).toBe("complete");
});

test("a new photo comes to its place by time of capture, of upload where unknown", async () => {
  const { list, ids } = makeList([
    {
      photos: [photoOf("new", "2024-05-01T10:00:00"), photoOf("old", "2010-05-01T10:00:00")],
      next_cursor: null,
    },
  ]);
  await list.readMore();
  list.add(photoOf("middle", "2015-01-01T00:00:00"));
  list.add(photoOf("uploaded", null, "2026-01-01T00:00:00.000Z"));
  expect(ids()).toEqual(["uploaded", "new", "middle", "old"]);
  list.add(photoOf("middle", "2015-01-01T00:00:00"));
  expect(ids()).toHaveLength(4);
  list.remove("new");
  expect(ids()).toEqual(["uploaded", "middle", "old"]);
});

test("a page that cannot be read is said and can be asked for again", async () => {
  const { list, cursors, ids } = makeList([
    { photos: [photoOf("a", null)], next_cursor: "more" },
    new UnreachableError(),
    { photos: [photoOf("b", null)], next_cursor: null },
  ]);
  await list.readMore();
  await list.readMore();
  expect(list.state.value).toMatchObject({
    status: "failed",
    message: "ImgStream cannot be reached. Check your connection.",
  });
  await list.readMore();
  expect(cursors).toEqual([undefined, "more", "more"]);
  expect(ids()).toEqual(["b", "a"]);
});

test("an ended session is noted", async () => {
  const { list, isSignedOut } = makeList([new SignedOutError()]);
  await list.readMore();
  expect(isSignedOut()).toBe(true);
});
