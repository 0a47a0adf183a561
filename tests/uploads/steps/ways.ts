import { createHash } from "node:crypto";
import { formOf } from "../../photos/form-body.ts";
import { type Life, NoAnswerError, type Reply } from "./life.ts";

/** One attempt of a client to bring a file; it stops at the first thing that goes wrong. */
export type Attempt = (life: Life, bytes: Buffer) => Promise<Reply>;

/** The network at one of a client's requests. */
export interface Cut {
  /** Counted from 0. */
  readonly request: number;
  /** Whether the service hears it before the connection breaks; `half`: half of its body. */
  readonly how: "unheard" | "half" | "unanswered";
}

/** A life behind a network that breaks once. */
export function behind(life: Life, cut: Cut): Life & { readonly wasCut: () => boolean } {
  let count = 0;
  let wasCut = false;
  return {
    ...life,
    wasCut: () => wasCut,
    async ask(request) {
      if (count++ !== cut.request) return await life.ask(request);
      wasCut = true;
      if (cut.how === "half" && Buffer.isBuffer(request.payload)) {
        const half = request.payload.subarray(0, Math.floor(request.payload.length / 2));
        await life.ask({ ...request, payload: half });
      } else if (cut.how === "unanswered") await life.ask(request);
      throw new NoAnswerError("the connection broke");
    },
  };
}

/** A reply that is no success ends the attempt. */
function expectSuccess(reply: Reply): Reply {
  if (reply.status < 400) return reply;
  throw new NoAnswerError(`${reply.status} ${JSON.stringify(reply.body)}`);
}

/** A form with the whole file. */
export const simply = async (life: Life, bytes: Buffer, key = "key"): Promise<Reply> => {
  const { payload, headers } = formOf({ name: "file", filename: "a.jpg", content: bytes });
  const asked = { method: "POST", url: "/v1/photos", payload } as const;
  return expectSuccess(await life.ask({ ...asked, headers: { ...headers, "idempotency-key": key } }));
};

/** Opens, asks how much is there, sends the rest in two parts, completes. */
export const inParts: Attempt = async (life, bytes) => {
  const arrived = await arrive(life, bytes);
  if (arrived.photoId !== undefined)
    return await life.ask({ method: "GET", url: `/v1/photos/${arrived.photoId}` });
  return expectSuccess(await life.ask({ method: "POST", url: `/v1/uploads/${arrived.id}/complete` }));
};

/** All of it but completing. @returns the photo where it is one already */
export async function arrive(
  life: Life,
  bytes: Buffer,
): Promise<{ readonly id: string; readonly photoId: string | undefined }> {
  const opened = expectSuccess(
    await life.ask({
      method: "POST",
      url: "/v1/uploads",
      headers: { "idempotency-key": "key" },
      payload: {
        filename: "a.jpg",
        size_bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      },
    }),
  );
  const photoId = opened.body["photo_id"];
  const id = String(opened.body["id"]);
  if (typeof photoId === "string") return { id, photoId };
  const address = String(opened.body["address"]);
  const chunkBytes = Math.ceil(bytes.length / 2 / 262_144) * 262_144;
  for (let first = Number(opened.body["offset"]); first < bytes.length;) {
    const last = Math.min(first + chunkBytes, bytes.length) - 1;
    const sent = await sendChunk(life, address, bytes, first, last);
    if (sent.status === 200) break;
    const { body } = expectSuccess(await life.ask({ method: "GET", url: `/v1/uploads/${id}` }));
    first = Number(body["offset"]);
  }
  return { id, photoId: undefined };
}

/** To the service itself, or past it to the store. */
async function sendChunk(life: Life, address: string, bytes: Buffer, first: number, last: number) {
  const payload = bytes.subarray(first, last + 1);
  const headers = { "content-range": `bytes ${first}-${last}/${bytes.length}` };
  if (!address.startsWith("http")) {
    const type = { "content-type": "application/octet-stream" };
    return await life.ask({ method: "PUT", url: address, headers: { ...headers, ...type }, payload });
  }
  if (life.steps.isDead) throw new NoAnswerError("the process is gone");
  const { status } = await fetch(address, { method: "PUT", headers, body: Uint8Array.from(payload) });
  return { status, headers: {}, body: {} };
}
