import type {
  ObjectDamagedError,
  ObjectExistsError,
  OutcomeUnknownError,
  PreconditionFailedError,
  StoreUnavailableError,
} from "../../storage/object-store.ts";
import { type ProblemKind, ourFault, outcomeUnknown, tryAgain } from "../problem-kind.ts";

/** The object store. */
type StoreError =
  | ObjectDamagedError
  | ObjectExistsError
  | OutcomeUnknownError
  | PreconditionFailedError
  | StoreUnavailableError;

export const storeProblems = {
  "object-exists": {
    status: 409,
    title: "It exists already",
    detail: "Something of that name exists already.",
  },
  "precondition-failed": {
    status: 412,
    title: "It has changed meanwhile",
    detail: "Read it again, then repeat the change on what it is now.",
  },
  "object-damaged": ourFault,
  "outcome-unknown": outcomeUnknown,
  "store-unavailable": {
    status: 503,
    title: "The store cannot be reached at the moment",
    detail: tryAgain,
    retryAfterSeconds: 5,
  },
} as const satisfies Record<StoreError["code"], ProblemKind>;
