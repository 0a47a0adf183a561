import type { File } from "@google-cloud/storage";
import { repeatPause, sendAs } from "./cloud-bucket.ts";
import { CloudAnswerError } from "./cloud-download.ts";
import { withDeadline } from "../deadline.ts";
import { cloudFailure, isStatus } from "./cloud-failure.ts";
import { type CloudObjectResource, storedObjectFrom } from "./cloud-resource.ts";
import {
  ObjectExistsError,
  OutcomeUnknownError,
  PreconditionFailedError,
  StoreUnavailableError,
  type StoredObject,
} from "./object-store.ts";

export interface CloudCopy {
  readonly source: File;
  /** What is copied. */
  readonly object: StoredObject;
  readonly target: File;
  readonly contentType: string;
  /** For each request. */
  readonly deadlineMilliseconds: number;
  /** What lies under the target's name now. */
  readonly statTarget: () => Promise<StoredObject | undefined>;
}

/** So many requests in a row may fail for reasons that pass. */
const attempts = 3;

/**
 * Lets the store copy, in as many requests as it wants; only where the target's name is free, and only that generation
 * of the source. A request whose answer is lost is sent again: what is then found under the name and has the same
 * content is this copy.
 *
 * https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite
 *
 * @throws ObjectExistsError, PreconditionFailedError, OutcomeUnknownError, StoreUnavailableError
 */
export async function rewriteObject(copy: CloudCopy): Promise<StoredObject> {
  const { source, object, target, deadlineMilliseconds } = copy;
  let token: string | undefined;
  let isUncertain = false;
  for (let failed = 0; ;) {
    try {
      const abort = new AbortController();
      const asking = rewrite(copy, token, abort.signal);
      const answer = await withDeadline(asking, deadlineMilliseconds, () => abort.abort());
      if (answer.resource !== undefined) return storedObjectFrom(answer.resource, target.name);
      token = answer.rewriteToken;
      failed = 0;
    } catch (error) {
      const isGone = isStatus(error, 404);
      if (isGone || isStatus(error, 412)) {
        const found = isUncertain ? await lookAt(copy) : undefined;
        if (found !== undefined && isCopyOf(object, found)) return found;
        throw isGone
          ? new PreconditionFailedError(source.name, { cause: error })
          : new ObjectExistsError(target.name, { cause: error });
      }
      const failure = cloudFailure(error);
      isUncertain ||= failure === "unknown";
      failed += 1;
      if (failure === "refused" || failed >= attempts) {
        throw isUncertain
          ? new OutcomeUnknownError(target.name, { cause: error })
          : new StoreUnavailableError(target.name, { cause: error });
      }
      await repeatPause(failed);
    }
  }
}

/** @throws OutcomeUnknownError: that it cannot be asked changes nothing of what was perhaps done */
async function lookAt({ statTarget, target }: CloudCopy): Promise<StoredObject | undefined> {
  try {
    return await statTarget();
  } catch (error) {
    throw new OutcomeUnknownError(target.name, { cause: error });
  }
}

function isCopyOf({ sizeBytes, crc32c }: StoredObject, found: StoredObject): boolean {
  return found.sizeBytes === sizeBytes && found.crc32c === crc32c;
}

/** Either how to go on or, at the end, what was made. */
interface RewriteAnswer {
  readonly rewriteToken?: string;
  readonly resource?: CloudObjectResource;
}

async function rewrite(
  { source, object, target, contentType }: CloudCopy,
  token: string | undefined,
  signal: AbortSignal,
): Promise<RewriteAnswer> {
  const query = new URLSearchParams({
    ifGenerationMatch: "0",
    sourceGeneration: object.generation,
    ...(token !== undefined && { rewriteToken: token }),
  });
  const from = `b/${source.bucket.name}/o/${encodeURIComponent(source.name)}`;
  const to = `b/${target.bucket.name}/o/${encodeURIComponent(target.name)}`;
  const reply = await sendAs(source.storage, `storage/v1/${from}/rewriteTo/${to}?${query.toString()}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ contentType }),
    signal,
  });
  const text = await reply.text();
  if (!reply.ok) throw new CloudAnswerError(reply.status, text);
  return readAnswer(JSON.parse(text));
}

function readAnswer(value: unknown): RewriteAnswer {
  if (typeof value === "object" && value !== null) {
    const resource: unknown = Reflect.get(value, "resource");
    const rewriteToken: unknown = Reflect.get(value, "rewriteToken");
    const isDone = Reflect.get(value, "done") === true;
    if (isDone && typeof resource === "object" && resource !== null) return { resource };
    if (!isDone && typeof rewriteToken === "string") return { rewriteToken };
  }
  throw new TypeError("the store's answer about a copy has neither what was made nor how to go on");
}
