import type { Json } from "./json.ts";

/** One request and how it was answered. */
export interface LoggedCall {
  readonly time: string;
  readonly verb: string;
  /** Raw path with its query. */
  readonly path: string;
  /** Undefined where the address is none of Google's. */
  readonly methodId: string | undefined;
  readonly caller: string | undefined;
  readonly body: Json | undefined;
  readonly status: number;
  readonly reply: Json | undefined;
}

/** Every call since the stand-in started, oldest first. */
export class CallLog {
  readonly #calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.#calls.push(call);
  }

  all(): readonly LoggedCall[] {
    return this.#calls;
  }

  /** Calls that changed something: everything but reads. */
  changes(): LoggedCall[] {
    return this.#calls.filter(
      ({ verb, methodId }) => verb !== "GET" && !/\.(getIamPolicy|wait)$/.test(methodId ?? ""),
    );
  }
}
