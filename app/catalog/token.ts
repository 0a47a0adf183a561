import { InvalidTokenError } from "./protocol/errors.ts";

/** `{person}.{sequence}`: a reader who gives it sees at least that change. Not a secret and no permission. */
export function tokenOf(userId: string, sequence: number): string {
  return `${userId}.${sequence}`;
}

/** @throws InvalidTokenError */
export function sequenceOf(token: string, userId: string): number {
  const match = /^([\w-]{1,100})\.(0|[1-9]\d{0,14})$/.exec(token);
  if (match === null) throw new InvalidTokenError("is malformed");
  if (match[1] !== userId) throw new InvalidTokenError("belongs to another catalog");
  return Number(match[2]);
}
