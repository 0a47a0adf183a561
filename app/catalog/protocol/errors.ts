import { NewerEntryError } from "./entry.ts";
import { DamagedLogError } from "./log.ts";
import { RefusalError } from "./model.ts";

/** The idempotency key was used for another request. */
export class IdempotencyKeyReusedError extends RefusalError {
  readonly code = "idempotency-key-reused";
  readonly idempotencyKey: string;

  constructor(idempotencyKey: string) {
    super(
      `the idempotency key '${idempotencyKey}' was used for another request; use a new key for a new request`,
    );
    this.idempotencyKey = idempotencyKey;
  }
}

/** A field of the command cannot be recorded as it is. */
export class InvalidCommandError extends RefusalError {
  readonly code = "invalid-command";

  constructor(reason: string, options?: ErrorOptions) {
    super(`the command cannot be recorded: ${reason}`, options);
  }
}

/** The store did not answer. The change may or may not have been made. */
export class CommitOutcomeUnknownError extends Error {
  readonly code = "commit-outcome-unknown";

  constructor(options?: ErrorOptions) {
    super("the outcome of the change is unknown: repeat the request with the same idempotency key", options);
  }
}

/** The store refused to write. Nothing was changed. */
export class CommitFailedError extends Error {
  readonly code = "commit-failed";

  constructor(options?: ErrorOptions) {
    super("the change could not be written and was not made: repeat the request later", options);
  }
}

/** Too much at once: changes of one owner, open catalogs, or memory. Whatever was asked for, nothing was done. */
export class CatalogBusyError extends Error {
  readonly code = "catalog-busy";

  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason}: nothing was done; repeat the request later`, options);
  }
}

/** A token that no reply can have carried. */
export class InvalidTokenError extends Error {
  readonly code = "invalid-token";

  constructor(reason: string) {
    super(`the token ${reason}; use the one that a reply of this service carried`);
  }
}

export class CatalogClosedError extends Error {
  readonly code = "catalog-closed";

  constructor() {
    super("the catalog was closed: this process is going down");
  }
}

/**
 * Whether a command that failed so has certainly not been recorded, and will not be. Anything else, an error that
 * nobody thought of too, may come after it was: what the record would name has to stay.
 */
export function isCertainlyNotMade(error: unknown): boolean {
  const certain = [
    RefusalError,
    CommitFailedError,
    CatalogBusyError,
    CatalogClosedError,
    DamagedLogError,
    NewerEntryError,
  ];
  return certain.some((kind) => error instanceof kind);
}
