import { buffer } from "node:stream/consumers";
import { StoreUnavailableError } from "../storage/object-store.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { sessionObject, uploadObject } from "./upload-objects.ts";
import type { UploadName, UploadSessions } from "./upload-sessions.ts";

export interface CloudUploadSessionsOptions {
  readonly bucket: string;
  /** The same bucket as a store, for the sessions' addresses. */
  readonly uploads: ObjectStore;
  /** Scheme, host and port of a stand-in. @default Google's, with the application default credentials */
  readonly apiEndpoint?: string;
}

const askMilliseconds = 10_000;

/**
 * Sessions of Cloud Storage: the client sends straight to it, and the app learns of the bytes when they are there.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export function createCloudUploadSessions(options: CloudUploadSessionsOptions): UploadSessions {
  const { bucket, uploads, apiEndpoint } = options;

  async function addressOf(name: UploadName): Promise<string | undefined> {
    const kept = await uploads.openRead(sessionObject(name));
    return kept === undefined ? undefined : (await buffer(kept.stream)).toString("utf8");
  }

  return {
    async open(session) {
      const known = await addressOf(session);
      if (known !== undefined) return { address: known, headers: {} };
      const { Storage } = await import("@google-cloud/storage");
      const storage = new Storage(apiEndpoint === undefined ? {} : { apiEndpoint });
      const [address] = await storage
        .bucket(bucket)
        .file(uploadObject(session))
        .createResumableUpload({
          origin: session.origin,
          metadata: { contentType: session.contentType, contentLength: session.sizeBytes },
          preconditionOpts: { ifGenerationMatch: 0 },
        });
      await uploads.put(sessionObject(session), Buffer.from(address), { contentType: "text/plain" });
      return { address, headers: {} };
    },

    async offset(name, sizeBytes) {
      const object = await uploads.stat(uploadObject(name));
      if (object !== undefined) return object.sizeBytes;
      const address = await addressOf(name);
      if (address === undefined) return undefined;
      const reply = await fetch(address, {
        method: "PUT",
        headers: { "content-range": `bytes */${sizeBytes}` },
        redirect: "manual",
        signal: AbortSignal.timeout(askMilliseconds),
      });
      await reply.body?.cancel();
      if (reply.status === 200 || reply.status === 201) return sizeBytes;
      // 410, later 404: the session is gone.
      if (reply.status === 404 || reply.status === 410) return undefined;
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
      if (address !== undefined) {
        // Answers 499 when it worked, and 4xx when there is nothing left to cancel.
        const reply = await fetch(address, {
          method: "DELETE",
          signal: AbortSignal.timeout(askMilliseconds),
        });
        await reply.body?.cancel();
      }
      await uploads.delete(sessionObject(name));
      await uploads.delete(uploadObject(name));
    },
  };
}
