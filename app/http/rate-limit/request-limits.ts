import { type RequestKind, requestKinds } from "../../runtime-contract.ts";

export { type RequestKind, requestKinds };

export interface RequestLimit {
  /** How many a person may send at once, having sent none for a while. */
  readonly burst: number;
  /** How many a second, for as long as they like. */
  readonly perSecond: number;
}

export type RequestLimits = Readonly<Record<RequestKind, RequestLimit>>;

/**
 * Above what a page or a command line in good order asks for, below what makes others wait. Uploads: faster than one
 * core makes thumbnails, so that five thousand photos are paced to eight minutes at most.
 */
export const defaultRequestLimits: RequestLimits = Object.freeze({
  reads: { burst: 300, perSecond: 50 },
  searches: { burst: 60, perSecond: 10 },
  writes: { burst: 200, perSecond: 20 },
  uploads: { burst: 100, perSecond: 10 },
  bytes: { burst: 2_000, perSecond: 200 },
});

export const requestLimitsExpected =
  `'KIND=BURST/PERSECOND' separated by commas, such as 'uploads=100/10,reads=300/50', of ${requestKinds.join(", ")}, ` +
  "each a whole number from 1 to 1000000, or nothing";

const most = 1_000_000;

/** Kinds that are not named keep their default. @returns undefined where the value is not as expected */
export function readRequestLimits(value: string | undefined): RequestLimits | undefined {
  const given: Partial<Record<RequestKind, RequestLimit>> = {};
  for (const part of value?.split(",") ?? []) {
    const [, name, burst, perSecond] = /^([a-z]+)=(\d{1,7})\/(\d{1,7})$/.exec(part.trim()) ?? [];
    const kind = requestKinds.find((one) => one === name);
    const limit = { burst: Number(burst), perSecond: Number(perSecond) };
    const isPossible = Object.values(limit).every((number) => number >= 1 && number <= most);
    if (kind === undefined || given[kind] !== undefined || !isPossible) return undefined;
    given[kind] = Object.freeze(limit);
  }
  return Object.freeze({ ...defaultRequestLimits, ...given });
}
