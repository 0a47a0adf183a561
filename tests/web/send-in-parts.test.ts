import { expect, onTestFinished, test, vi } from "vitest";
import { HeldKey, type KeptKeys } from "../../app/web/upload/kept-keys.ts";
import { sendInParts } from "../../app/web/upload/send-in-parts.ts";
import { samplePhoto } from "./photo-sample.ts";

/** Completes an upload of which every byte has arrived; the answer is the test's. @returns what became of its key */
async function complete(answer: Response): Promise<{ readonly kept: string[]; readonly outcome: unknown }> {
  const file = new File(["all of it"], "a.jpg", { type: "image/jpeg" });
  const opened = { photo_id: null, id: "u1", address: "/v1/uploads/u1/content", headers: {} };
  const asked = vi.spyOn(globalThis, "fetch").mockImplementation(async (path) => {
    if (path === "/v1/uploads/u1/complete") return answer;
    return Response.json({ ...opened, chunk_bytes: 1000, offset: file.size }, { status: 201 });
  });
  onTestFinished(() => asked.mockRestore());
  let kept: string[] = [];
  const keys: Pick<KeptKeys, "hold"> = {
    hold: (_identity, fresh, work) =>
      work(new HeldKey(fresh, (value) => (kept = value === undefined ? [] : [value]))),
  };
  const options = { idempotencyKey: "key", onProgress: () => {}, signal: new AbortController().signal };
  const outcome = await sendInParts(file, options, { keys, personId: async () => "anna" }).catch(
    (error: unknown) => error,
  );
  return { kept, outcome };
}

const problem = (status: number, code: string) => Response.json({ status, code, title: "No" }, { status });

test("an upload that became a photo leaves no key", async () => {
  const photo = samplePhoto({ id: "p1" });
  const { kept, outcome } = await complete(Response.json(photo, { status: 201 }));
  expect(outcome).toMatchObject({ photo: { id: "p1" }, isNew: true });
  expect(kept).toEqual([]);
});

test.each([
  [415, "unsupported-picture"],
  [422, "upload-mismatch"],
])(
  "one that is refused for good with %i %s leaves none: nothing of it is left to go on with",
  async (...given) => {
    const { kept, outcome } = await complete(problem(...given));
    expect([kept, outcome]).toMatchObject([[], { status: given[0] }]);
  },
);

test.each([
  [503, "store-unavailable"],
  [409, "upload-incomplete"],
  [500, "internal"],
])("one that may go well later, after %i %s, keeps its key", async (...given) => {
  const { kept, outcome } = await complete(problem(...given));
  expect([kept, outcome]).toMatchObject([["key"], { status: given[0] }]);
});
