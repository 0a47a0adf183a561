import type { ApiShape, MethodShape } from "../discovery/shape.ts";
import type { JsonObject } from "./json.ts";
import type { Resource } from "./state.ts";
import type { World } from "./world.ts";

/** One request that passed all general checks. */
export interface Call {
  readonly shape: ApiShape;
  readonly methodId: string;
  readonly method: MethodShape;
  /** Of the path, decoded; a project's number already replaced by its id. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: JsonObject;
  /** Checked against the method's schema; null where a field is to be cleared. */
  readonly body: JsonObject;
  /** Who asks, as IAM names members. */
  readonly caller: string;
  readonly world: World;
}

export type Answer = JsonObject | Promise<JsonObject>;
export type Action = (call: Call) => Answer;

/** What is particular about one kind of resource. Everything that is left out is as the API's style has it. */
export interface Kind {
  /** Discovery id of the collection; its methods create, get, list, patch, … are served from here. */
  readonly collection: string;
  /** The schema of the resource itself. */
  readonly schema: string;
  /** The last part of a new resource's name. @default the query's `…Id`, else the body's `name`, else a number. */
  readonly identify?: (call: Call, body: JsonObject) => string;
  /** The relative name under which a call's resource is kept. @default the method's path without its version */
  readonly locate?: (call: Call) => string;
  /** Refuses, by throwing, what Google refuses beyond types. */
  readonly check?: (next: JsonObject, before: JsonObject | undefined, call: Call) => void;
  /** Adds defaults and output fields. `name` is already there. */
  readonly complete?: (next: JsonObject, before: JsonObject | undefined, call: Call) => JsonObject;
  /** Changes what is answered, not what is kept. */
  readonly present?: (body: JsonObject, call: Call) => JsonObject;
  /** Paths whose zero values are answered although the style leaves them out. */
  readonly keepsZero?: readonly string[];
  /** What a long-running operation waits for; throws where it fails. The resource stays either way. */
  readonly settle?: (resource: Resource, before: JsonObject | undefined, call: Call) => Promise<void>;
  /** Where the names of its operations hang. @default its location */
  readonly operationParent?: (name: string) => string;
  /** Throws where the resource may not be deleted now. */
  readonly checkDeletion?: (resource: Resource, call: Call) => void;
  /** What goes with it. */
  readonly afterDeletion?: (resource: Resource, call: Call) => void;
  /** In place of removing it. */
  readonly remove?: (resource: Resource, call: Call) => Answer;
  /** Methods beyond the standard ones, by their last name: `addSignedUrlKey`. */
  readonly actions?: Readonly<Record<string, Action>>;
}

/** One API in one version. */
export interface ApiModule {
  /** The name of its shape: `run.v2`. */
  readonly shape: string;
  readonly style: ApiStyle;
  readonly kinds: readonly Kind[];
  /** Methods of collections that hold no kind, by their whole id. */
  readonly actions?: Readonly<Record<string, Action>>;
}

/** The generations of Google's APIs. */
export type ApiStyle = "proto" | "compute" | "storage" | "bigquery";
