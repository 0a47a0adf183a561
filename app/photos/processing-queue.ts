import { objectPrefixes } from "../runtime-contract.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { writtenAt } from "../storage/written-at.ts";

/** A photo whose pictures the worker must make. */
export interface ProcessingRequest {
  readonly userId: string;
  readonly photoId: string;
}

/**
 * Photos that wait for the worker, one small object each. That an object was made reaches the worker as an event
 * of the store; the objects themselves stay until the work is done, so that an event that is lost costs minutes.
 */
export interface ProcessingQueue {
  /** Asks for the work. Before the photo is recorded: a request without a photo is harmless, the reverse is not. */
  request(request: ProcessingRequest): Promise<void>;

  /** The work is done, or not wanted any more. */
  remove(request: ProcessingRequest): Promise<void>;

  /** Everything that waits. */
  list(): AsyncIterable<ProcessingRequest & { readonly requestedAt: number }>;
}

export function createProcessingQueue(uploads: ObjectStore): ProcessingQueue {
  return {
    async request(request) {
      const body = Buffer.from(JSON.stringify({ version: 1, requestedAt: Date.now() }));
      await uploads.put(nameOf(request), body, { contentType: "application/json" });
    },
    remove: (request) => uploads.delete(nameOf(request)),
    async *list() {
      for await (const object of uploads.list(objectPrefixes.processing)) {
        const request = readProcessingName(object.name);
        if (request !== undefined) yield { ...request, requestedAt: writtenAt(object) };
      }
    },
  };
}

/** The request that an object of this name is, or undefined for any other name. */
export function readProcessingName(name: string): ProcessingRequest | undefined {
  if (!name.startsWith(objectPrefixes.processing)) return undefined;
  const [, userId, photoId] =
    /^([\w-]{1,100})\/([\w-]{1,100})$/.exec(name.slice(objectPrefixes.processing.length)) ?? [];
  return userId === undefined || photoId === undefined ? undefined : { userId, photoId };
}

function nameOf({ userId, photoId }: ProcessingRequest): string {
  return `${objectPrefixes.processing}${userId}/${photoId}`;
}
