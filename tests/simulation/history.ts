import type { ViewContents } from "../../app/catalog/protocol/view.ts";
import type { AnyCommand } from "./owners.ts";

/** What a client was told, or was not told in the time that it waited. */
export type Told =
  | { readonly kind: "done"; readonly sequence: number; readonly answer: unknown }
  | { readonly kind: "refused"; readonly code: string }
  /** Said to be certainly not made. */
  | { readonly kind: "not-made"; readonly code: string }
  /** Somebody's entry is of a release that this one cannot read; what became of the command is not said. */
  | { readonly kind: "unreadable" }
  | { readonly kind: "unknown" };

export interface Attempt {
  readonly instance: number;
  readonly start: number;
  end: number;
  /** What the instance's clock showed meanwhile, see Clock.during(): it decides by that. */
  times: readonly number[];
  told: Told;
}

/** One command under one key, however often it was sent. */
export interface Order {
  readonly owner: string;
  readonly key: string;
  readonly command: AnyCommand;
  readonly attempts: Attempt[];
}

export interface Look {
  readonly owner: string;
  readonly instance: number;
  readonly start: number;
  readonly end: number;
  /** Its token: whose catalog it names, and what the answer had to have seen of that. */
  readonly tokenOwner: string;
  readonly sequence: number;
  readonly seen: ViewContents | { readonly error: string };
}

/** A snapshot that lies in the bucket at the end, and what a view made of it holds. */
export interface Copy {
  readonly owner: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contents: ViewContents;
}

/** Everything that clients did and were told, in the order in which it began. */
export class History {
  readonly orders: Order[] = [];
  readonly looks: Look[] = [];
  readonly copies: Copy[] = [];
}
