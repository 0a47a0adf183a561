import { randomUUID } from "./late-crypto.ts";

/**
 * An idempotency key of the service's own. It has a space, which no key that comes with a request has
 * (http/idempotency-key.ts): nobody takes one away beforehand.
 */
export type OwnKey = `${string} ${string}`;

/**
 * A key for one change, for what is as wanted when it is asked for again: a record that lives twice in a day is changed
 * in both its lives.
 *
 * @param purpose such as `close-upload`, for whoever reads a log
 */
export function freshKey(purpose: string): OwnKey {
  return `${purpose} ${randomUUID()}`;
}
