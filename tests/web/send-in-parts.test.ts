import { expect, onTestFinished, test, vi } from "vitest";
import { HeldKey, type KeptKeys } from "../../app/web/upload/kept-keys.ts";
import { sendInParts } from "../../app/web/upload/send-in-parts.ts";
import type { SendOptions } from "../../app/web/upload/upload-queue.ts";
import { samplePhoto } from "./photo-sample.ts";

interface Sent {
  readonly kept: readonly string[];
  /** How often its key was taken. */
  readonly held: number;
  readonly outcome: unknown;
}

/** Completes an upload of which every byte has arrived; the answer is the test's. @returns what became of its key */
async function complete(answer: Response): Promise<Sent> {
  return await send(async (path) =>
    path === "/v1/uploads/u1/complete" ? answer : opened({ offset: file.size }),
  );
}

const file = new File(["all of it"], "a.jpg", { type: "image/jpeg" });

const opened = (given: { readonly id?: string; readonly address?: string; readonly offset: number }) =>
  Response.json(
    {
      photo_id: null,
      id: "u1",
      address: "/v1/uploads/u1/content",
      headers: {},
      chunk_bytes: 1000,
      ...given,
    },
    { status: 201 },
  );

interface Sending {
  readonly repeat?: SendOptions["repeat"];
  readonly stopping?: AbortController;
  readonly isTakenUp?: boolean;
  /** Whether nobody else goes on with it after a failure. */
  readonly isGivenUp?: boolean;
}

/** Uploads a file to a service that the test plays. */
async function send(
  service: typeof fetch,
  { repeat = (step) => step(), stopping = new AbortController(), isGivenUp = true, isTakenUp }: Sending = {},
): Promise<Sent> {
  const asked = vi.spyOn(globalThis, "fetch").mockImplementation(service);
  onTestFinished(() => asked.mockRestore());
  const sent = { kept: [] as string[], held: 0, outcome: undefined as unknown };
  const keys: Pick<KeptKeys, "hold" | "giveUp"> = {
    async hold(_identity, fresh, work) {
      sent.held += 1;
      const keep = (value: string | undefined) => (sent.kept = value === undefined ? [] : [value]);
      return await work(new HeldKey(fresh, keep, isTakenUp));
    },
    async giveUp(_identity, key) {
      if (isGivenUp) sent.kept = sent.kept.filter((value) => value !== key);
      return isGivenUp;
    },
  };
  const options = { idempotencyKey: "key", onProgress: () => {}, signal: stopping.signal, repeat };
  sent.outcome = await sendInParts(file, options, { keys, personId: async () => "anna" }).catch(
    (error: unknown) => error,
  );
  return sent;
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

test.each([
  [400, "invalid-request"],
  [403, "not-allowed"],
  [409, "quota-exceeded"],
  [413, "upload-too-large"],
])("one that is refused at opening with %i %s leaves no key: nothing of it was begun", async (...given) => {
  const { kept, outcome } = await send(async () => problem(...given));
  expect([kept, outcome]).toMatchObject([[], { status: given[0] }]);
});

test.each([
  ["too many were open", async () => problem(429, "too-many-uploads"), "RefusedError"],
  ["the store was away", async () => problem(503, "store-unavailable"), "RefusedError"],
  ["the service failed", async () => problem(500, "internal"), "RefusedError"],
  ["the session had ended", async () => problem(401, "signed-out"), "SignedOutError"],
  ["nobody answered", () => Promise.reject(new TypeError("Failed to fetch")), "UnreachableError"],
])("one that could not be opened because %s keeps its key", async (_why, service, name) => {
  const { kept, outcome } = await send(service);
  expect([kept, outcome]).toMatchObject([["key"], { name }]);
});

test.each([404, 410, 499])("one whose session answers a part with %i is begun anew", async (status) => {
  const sessions = ["gone", "new"];
  const gaveUp: unknown[] = [];
  answerParts((address) => (address.endsWith("/gone") ? status : 201));
  const { kept, outcome } = await send(async (path, request) => {
    if (request?.method === "DELETE") gaveUp.push(path);
    if (request?.method === "DELETE") return new Response(null, { status: 204 });
    if (path !== "/v1/uploads") return Response.json(samplePhoto({ id: "p1" }), { status: 201 });
    const id = sessions.shift() ?? "none";
    return opened({ id, offset: 0, address: `https://store.example/${id}` });
  });
  expect(outcome).toMatchObject({ photo: { id: "p1" }, isNew: true });
  expect([kept, gaveUp, sessions]).toEqual([[], ["/v1/uploads/gone"], []]);
});

/** Opens an upload of which every byte has arrived, and cannot complete it. @returns what was cancelled */
function playUnfinished(): { readonly service: typeof fetch; readonly cancelled: unknown[] } {
  const cancelled: unknown[] = [];
  const service: typeof fetch = async (path, request) => {
    if (request?.method === "DELETE") cancelled.push(path);
    if (request?.method === "DELETE") return new Response(null, { status: 204 });
    return path === "/v1/uploads" ? opened({ offset: file.size }) : problem(503, "store-unavailable");
  };
  return { service, cancelled };
}

test("all attempts at one file hold its key as one: in the pauses too it is under way", async () => {
  const { service, cancelled } = playUnfinished();
  let attempts = 0;
  const { held, kept } = await send(service, {
    repeat: async (step) => {
      const again = () => {
        attempts += 1;
        return step();
      };
      return await again().catch(again);
    },
  });
  // Who it is was asked once.
  expect([attempts, held, kept, cancelled]).toEqual([3, 1, ["key"], []]);
});

test("one that is taken out between two attempts leaves no key, and its place is freed", async () => {
  const { service, cancelled } = playUnfinished();
  const stopping = new AbortController();
  const { kept, outcome } = await send(service, {
    stopping,
    repeat: async (step) => {
      try {
        return await step();
      } catch {
        stopping.abort();
        throw stopping.signal.reason;
      }
    },
  });
  expect(outcome).toMatchObject({ name: "AbortError" });
  expect([kept, cancelled]).toEqual([[], ["/v1/uploads/u1"]]);
});

test.each([
  ["new: nothing was begun", false, []],
  ["taken up: the place from before is freed", true, ["/v1/uploads/u1"]],
])(
  "one that is taken out before its attempt has begun leaves no key; %s",
  async (_what, isTakenUp, freed) => {
    const { service, cancelled } = playUnfinished();
    const stopping = new AbortController();
    let steps = 0;
    const { kept, outcome } = await send(service, {
      stopping,
      isTakenUp,
      repeat: async (step) => {
        steps += 1;
        if (steps === 2) stopping.abort();
        return await step();
      },
    });
    expect(outcome).toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setImmediate(resolve));
    expect([kept, cancelled]).toEqual([[], freed]);
  },
);

test.each([
  ["leaves no key, and its place is freed", true, [], ["/v1/uploads/u1"]],
  ["is left alone where another tab goes on with it", false, ["key"], []],
])("one that is taken out after it failed %s", async (_what, isGivenUp, left, freed) => {
  const { service, cancelled } = playUnfinished();
  const stopping = new AbortController();
  const sent = await send(service, { stopping, isGivenUp });
  expect(sent.outcome).toMatchObject({ status: 503 });
  expect([sent.kept, cancelled]).toEqual([["key"], []]);
  stopping.abort();
  await new Promise((resolve) => setImmediate(resolve));
  expect([sent.kept, cancelled]).toEqual([left, freed]);
});

/** The part of the browser that sends parts. */
function answerParts(statusOf: (address: string) => number): void {
  class Request extends EventTarget {
    readonly upload = new EventTarget();
    readonly responseText = "";
    status = 0;
    #address = "";

    open(_method: string, address: string): void {
      this.#address = address;
    }

    setRequestHeader(): void {}

    getResponseHeader(): null {
      return null;
    }

    abort(): void {
      this.dispatchEvent(new Event("abort"));
    }

    send(): void {
      this.status = statusOf(this.#address);
      queueMicrotask(() => this.dispatchEvent(new Event("load")));
    }
  }
  vi.stubGlobal("XMLHttpRequest", Request);
  vi.stubGlobal("location", new URL("https://imgstream.example/"));
  onTestFinished(() => void vi.unstubAllGlobals());
}
