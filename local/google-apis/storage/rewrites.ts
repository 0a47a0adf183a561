import { randomUUID } from "node:crypto";
import { invalid } from "./storage-error.ts";

interface Rewrite {
  readonly what: string;
  rewritten: number;
}

const mebibyte = 1_048_576;

/** Copies that take more than one request: https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite */
export class Rewrites {
  readonly #bytesPerCall: number;
  readonly #underWay = new Map<string, Rewrite>();

  /** @param bytesPerCall so much is copied in one request; Google does not say how much it is */
  constructor(bytesPerCall: number) {
    this.#bytesPerCall = bytesPerCall;
  }

  /**
   * Copies the next part.
   *
   * @param what names source and target: a token is good for nothing else
   * @returns bytes that are copied by now, and how to go on; without a token it is done
   * @throws StorageError 400 for a token of another copy
   */
  goOn(
    what: string,
    sizeBytes: number,
    query: URLSearchParams,
  ): { readonly rewritten: number; readonly token?: string } {
    const given = query.get("rewriteToken");
    const known = given === null ? undefined : this.#underWay.get(given);
    if (given !== null && known?.what !== what) throw invalid(`Invalid rewrite token: '${given}'.`);
    const rewritten = Math.min((known?.rewritten ?? 0) + this.#most(query), sizeBytes);
    if (rewritten === sizeBytes) return { rewritten };
    // A request that is repeated with the same token copies the same part again.
    const token = randomUUID();
    this.#underWay.set(token, { what, rewritten });
    return { rewritten, token };
  }

  #most(query: URLSearchParams): number {
    const text = query.get("maxBytesRewrittenPerCall");
    if (text === null) return this.#bytesPerCall;
    const most = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    if (most >= mebibyte && most % mebibyte === 0) return Math.min(most, this.#bytesPerCall);
    throw invalid(`Invalid value for maxBytesRewrittenPerCall: '${text}' is no multiple of 1 MiB.`);
  }
}
