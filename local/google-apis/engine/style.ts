import type { ApiError } from "./api-error.ts";
import type { JsonObject } from "./json.ts";
import type { Answer, Call, Kind } from "./kind.ts";
import type { Resource } from "./state.ts";

export interface Change {
  /** The resource as it is answered once the change is done. */
  readonly answer: () => JsonObject;
  readonly settle?: () => Promise<void>;
}

/** What the generations of Google's APIs do differently with the same five methods. */
export interface Style {
  /** PATCH without a mask merges. */
  readonly isMerging: boolean;
  /** Errors carry the list of the older format too. */
  readonly isOlderFormat: boolean;
  readonly notFound: (name: string) => ApiError;
  readonly alreadyExists: (name: string) => ApiError;
  readonly checkName: (name: string, body: JsonObject) => void;
  readonly checkParent: (name: string, call: Call) => void;
  /** Refuses references to what does not exist, and gives them the form in which they are kept. */
  readonly checkReferences: (body: JsonObject, call: Call, owner?: string) => JsonObject;
  /** Refuses a change that was made on an outdated reading. */
  readonly checkVersion: (resource: Resource, sent: JsonObject, call: Call) => void;
  readonly checkUnused: (resource: Resource, call: Call) => void;
  /** What PUT, or PATCH without a mask, leaves of the fields that were not sent. */
  readonly replaced: (before: JsonObject, next: JsonObject) => JsonObject;
  /** Output fields that every resource of the style has. */
  readonly complete: (
    name: string,
    next: JsonObject,
    before: JsonObject | undefined,
    call: Call,
    kind: Kind,
  ) => JsonObject;
  /** The tag of this version of the content, set last. */
  readonly sealed: (body: JsonObject, kind: Kind, call: Call) => JsonObject;
  readonly present: (body: JsonObject, kind: Kind, call: Call) => JsonObject;
  readonly list: (call: Call, items: JsonObject[]) => JsonObject;
  /** What the caller gets for a change: the resource, nothing, or an operation. */
  readonly changed: (
    type: "insert" | "patch" | "delete",
    resource: Resource,
    call: Call,
    kind: Kind,
    change: Change,
  ) => Answer;
}
