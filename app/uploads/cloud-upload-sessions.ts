import { buffer } from "node:stream/consumers";
import { type CloudBucketOptions, connectBucket, patiently } from "../storage/cloud-bucket.ts";
import { CloudAnswerError } from "../storage/cloud-download.ts";
import { withDeadline } from "../deadline.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import { ObjectExistsError, StoreUnavailableError } from "../storage/object-store.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { writtenAt } from "../storage/written-at.ts";
import { readSessionObject, sessionObject, uploadObject } from "./upload-objects.ts";
import type { UploadName, UploadSessions } from "./upload-sessions.ts";

export interface CloudUploadSessionsOptions extends CloudBucketOptions {
  /** The same bucket as a store, for the sessions' addresses. */
  readonly uploads: ObjectStore;
}

const askMilliseconds = 10_000;

/**
 * Sessions of Cloud Storage: the client sends straight to it, and the app learns of the bytes when they are there.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export function createCloudUploadSessions(options: CloudUploadSessionsOptions): UploadSessions {
  const { uploads } = options;

  async function addressOf(name: UploadName): Promise<string | undefined> {
    const kept = await uploads.openRead(sessionObject(name));
    return kept === undefined ? undefined : (await buffer(kept.stream)).toString("utf8");
  }

  /** The session's address; that of another where one was opened at the same moment. */
  async function keepAddress(name: UploadName, address: string): Promise<string> {
    try {
      const kept = { contentType: "text/plain", ifAbsent: true };
      await uploads.put(sessionObject(name), Buffer.from(address), kept);
      return address;
    } catch (error) {
      const known = error instanceof ObjectExistsError ? await addressOf(name) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  return {
    async open(session) {
      const known = await addressOf(session);
      if (known !== undefined) return { address: known, headers: {} };
      const name = uploadObject(session);
      // A session whose answer was lost is known to nobody, and ends by itself after a week.
      const address = await patiently(name, async () => {
        const opening = (await connectBucket(options)).file(name).createResumableUpload({
          origin: session.origin,
          metadata: { contentType: session.contentType, contentLength: session.sizeBytes },
          preconditionOpts: { ifGenerationMatch: 0 },
        });
        return (await withDeadline(opening, askMilliseconds))[0];
      });
      return { address: await keepAddress(session, address), headers: {} };
    },

    async offset(name, sizeBytes) {
      const object = await uploads.stat(uploadObject(name));
      if (object !== undefined) return object.sizeBytes;
      const address = await addressOf(name);
      if (address === undefined) return undefined;
      const reply = await ask(uploadObject(name), address, {
        method: "PUT",
        headers: { "content-range": `bytes */${sizeBytes}` },
        redirect: "manual",
      });
      if (reply.status === 200 || reply.status === 201) return sizeBytes;
      // 410, later 404: the session is gone. 499: it was cancelled.
      if ([404, 410, 499].includes(reply.status)) return undefined;
      if (reply.status !== 308) {
        throw new StoreUnavailableError(uploadObject(name), {
          cause: new Error(`status ${reply.status} when asked for the offset`),
        });
      }
      const last = /^bytes=0-(\d+)$/.exec(reply.headers.get("range") ?? "")?.[1];
      return last === undefined ? 0 : Number(last) + 1;
    },

    async remove(name) {
      const address = await addressOf(name);
      // Answers 499 when it worked, and 4xx when there is nothing left to cancel.
      if (address !== undefined) await ask(uploadObject(name), address, { method: "DELETE" });
      await uploads.delete(sessionObject(name));
      await uploads.delete(uploadObject(name));
    },

    async *list() {
      for await (const object of uploads.list(objectPrefixes.sessions)) {
        const name = readSessionObject(object.name);
        if (name !== undefined) yield { ...name, usedAt: writtenAt(object) };
      }
    },
  };
}

/** The answer's status and headers. */
async function ask(name: string, address: string, request: RequestInit): Promise<Response> {
  return await patiently(name, async () => {
    const reply = await fetch(address, { ...request, signal: AbortSignal.timeout(askMilliseconds) });
    await reply.body?.cancel();
    if (reply.status === 429 || reply.status >= 500) throw new CloudAnswerError(reply.status, "");
    return reply;
  });
}
