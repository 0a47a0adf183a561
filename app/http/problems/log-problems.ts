import type { DamagedEntryError, NewerEntryError } from "../../catalog/protocol/entry.ts";
import type {
  CatalogBusyError,
  CatalogClosedError,
  CommitFailedError,
  CommitOutcomeUnknownError,
  IdempotencyKeyReusedError,
  InvalidCommandError,
  InvalidTokenError,
} from "../../catalog/protocol/errors.ts";
import type { DamagedLogError } from "../../catalog/protocol/log.ts";
import { type ProblemKind, notDone, notMade, ourFault, outcomeUnknown } from "../problem-kind.ts";

/** The catalog's protocol. */
type LogError =
  | DamagedEntryError
  | NewerEntryError
  | CatalogBusyError
  | CatalogClosedError
  | CommitFailedError
  | CommitOutcomeUnknownError
  | IdempotencyKeyReusedError
  | InvalidCommandError
  | InvalidTokenError
  | DamagedLogError;

export const logProblems = {
  "invalid-token": { status: 400, title: "The token is not one of this person's" },
  "invalid-command": { status: 422, title: "The change cannot be recorded as it is" },
  "idempotency-key-reused": { status: 422, title: "The Idempotency-Key was used for another request" },
  "damaged-entry": ourFault,
  "damaged-log": ourFault,
  "newer-entry": ourFault,
  "commit-outcome-unknown": outcomeUnknown,
  "commit-failed": notMade,
  "catalog-busy": notDone,
  "catalog-closed": { ...notDone, title: "This instance is being stopped" },
} as const satisfies Record<LogError["code"], ProblemKind>;
