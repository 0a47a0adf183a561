import type { EventPrematureError } from "../../events/errors.ts";
import type { TopicUnavailableError } from "../../events/topic.ts";
import type { EventRefusedError } from "../../events/push-verifier.ts";
import type { AssertionRefusedError, KeySetUnavailableError } from "../../identity/assertion-refusal.ts";
import type { IdentityRecordDamagedError } from "../../identity/people.ts";
import { type ProblemKind, ourFault, tryAgain } from "../problem-kind.ts";

/** Who asks, and whether it may be known. */
type AccessError =
  | EventPrematureError
  | EventRefusedError
  | TopicUnavailableError
  | AssertionRefusedError
  | KeySetUnavailableError
  | IdentityRecordDamagedError;

export const accessProblems = {
  "sign-in-required": {
    status: 401,
    title: "Sign-in required",
    detail: "Sign in and try again.",
  },
  "event-refused": { status: 403, title: "Refused", detail: "The event carries no valid token." },
  "identity-record-damaged": ourFault,
  "key-set-unavailable": {
    status: 503,
    title: "Sign-in cannot be checked at the moment",
    detail: tryAgain,
    retryAfterSeconds: 5,
  },
  "topic-unavailable": {
    status: 503,
    title: "Events cannot be published at the moment",
    detail: "What was not published is published later: send it again.",
    retryAfterSeconds: 10,
  },
  "event-premature": {
    status: 503,
    title: "The event is too early",
    detail: "What it is about is not recorded yet: send it again.",
    retryAfterSeconds: 5,
  },
} as const satisfies Record<AccessError["code"], ProblemKind>;
