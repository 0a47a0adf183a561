import { expect, test } from "vitest";
import { createTestIssuer } from "../app/iap-issuer.ts";
import { expectReconciled, expectWholePhotos } from "./steps/aftermath.ts";
import { type Place, openGround } from "./steps/grounds.ts";
import { type Interruption, Steps } from "./steps/interrupted.ts";
import { type Life, type Reply, beginLife } from "./steps/life.ts";
import { movingPhoto as bytes, providePlaces } from "./steps/places.ts";
import { arrive, simply } from "./steps/ways.ts";

const issuer = await createTestIssuer();
const { newPlace } = providePlaces();

const complete = (life: Life, uploadId: string): Promise<Reply> =>
  life.ask({ method: "POST", url: `/v1/uploads/${uploadId}/complete` });
const cancel = (life: Life, uploadId: string): Promise<Reply> =>
  life.ask({ method: "DELETE", url: `/v1/uploads/${uploadId}` });

type Kind = Place["kind"];

/** What another process does while the first one stands still. */
interface Meanwhile {
  readonly prepare: (life: Life) => Promise<unknown>;
  readonly act: typeof complete;
}

interface Met {
  /** What the one that stood still took, and the first of it that belongs to its completion. */
  readonly names: readonly string[];
  readonly from: number;
  /** That one's answer, and the other's. */
  readonly reply: Reply;
  readonly other: Reply | undefined;
}

/** Two processes, of which one completes an upload and stands still on its way while the other acts on the same. */
async function meet(kind: Kind, { prepare, act }: Meanwhile, interruption?: Interruption): Promise<Met> {
  const ground = openGround(newPlace(kind), issuer);
  const other = await beginLife(ground);
  const { id } = await arrive(other, bytes);
  await prepare(other);
  let otherReply: Reply | undefined;
  const steps = new Steps(interruption, async () => {
    otherReply = await act(other, id);
  });
  const life = await beginLife(ground, steps);
  // It knows the upload, and what it knows may answer for a second.
  await life.ask({ method: "GET", url: `/v1/uploads/${id}` });
  const from = steps.names.length;
  const reply = await complete(life, id);
  expect(steps.hasHappened).toBe(interruption !== undefined);
  expect(await expectWholePhotos(ground, other, bytes)).toBeLessThanOrEqual(1);
  // The same objects would be left in the cloud, where looking for them takes twice as long.
  if (kind === "disk") await expectReconciled(ground, other);
  await life.close();
  await other.close();
  return { names: steps.names, from, reply, other: otherReply };
}

/** Tells each meeting at each step of a completion. */
async function walk(kind: Kind, meanwhile: Meanwhile, expectOf: (met: Met) => void): Promise<void> {
  const { names, from } = await meet(kind, meanwhile);
  expect(names.slice(from)).toContain("uploads open temp/uploads/…/…");
  for (let step = from; step < names.length; step += 1) {
    try {
      expectOf(await meet(kind, meanwhile, { step, when: "before", how: "pause" }));
    } catch (error) {
      throw new Error(`at step ${step}, ${names[step]}`, { cause: error });
    }
  }
}

const completions: readonly { kind: Kind; content: string; prepare: Meanwhile["prepare"] }[] = [
  { kind: "disk", content: "came no other way", prepare: async () => undefined },
  { kind: "cloud", content: "came no other way", prepare: async () => undefined },
  {
    kind: "disk",
    content: "came in one request as well",
    prepare: (life) => simply(life, bytes, "another-key"),
  },
];

test.each(completions)(
  "of two completions at once both are given the one photo, wherever they meet: on $kind, of what $content",
  { timeout: 120_000 },
  async ({ kind, prepare }) => {
    await walk(kind, { prepare, act: complete }, ({ reply, other }) => {
      for (const answer of [reply, other]) {
        expect([answer?.body["code"], answer?.body["id"]]).toEqual([undefined, reply.body["id"]]);
        expect([200, 201]).toContain(answer?.status);
      }
    });
  },
);

test.each(["disk", "cloud"] as const)(
  "what is cancelled while it is completed is not found, or a photo already, wherever they meet: on %s",
  { timeout: 120_000 },
  async (kind) => {
    await walk(kind, { prepare: async () => undefined, act: cancel }, ({ reply, other }) => {
      expect(other?.status).toBe(204);
      expect([404, 201]).toContain(reply.status);
      expect(reply.body["code"]).toBe(reply.status === 404 ? "upload-not-found" : undefined);
    });
  },
);
