import { ApiError } from "./api-error.ts";
import type { Identifiers } from "./identifiers.ts";
import type { JsonObject } from "./json.ts";

export interface OperationRequest {
  /** Where its own name hangs: `projects/p/locations/l`; empty for `operations/…`. */
  readonly parent: string;
  /** The `@type` of metadata, where the API gives some. */
  readonly metadata?: JsonObject;
  /** What must happen before the operation is done. */
  readonly settle?: () => Promise<void>;
  /** The finished operation's `response`. */
  readonly response: () => JsonObject;
}

interface Operation {
  reply: JsonObject;
  readonly done: Promise<void>;
}

/** Long-running operations as `google.longrunning` describes them. */
export class Operations {
  readonly #operations = new Map<string, Operation>();
  readonly #identifiers: Identifiers;

  constructor(identifiers: Identifiers) {
    this.#identifiers = identifiers;
  }

  /** Starts one; what it waits for goes on behind the answer. Without anything to wait for it is born finished. */
  start(api: string, request: OperationRequest): JsonObject {
    const parent = request.parent === "" ? "" : `${request.parent}/`;
    const name = `${parent}operations/${this.#identifiers.uuid()}`;
    const head: JsonObject = {
      name,
      ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
    };
    if (request.settle === undefined) {
      const reply = { ...head, done: true, response: request.response() };
      this.#operations.set(`${api}/${name}`, { reply, done: Promise.resolve() });
      return reply;
    }
    const finish = (outcome: JsonObject): void => {
      operation.reply = { ...head, done: true, ...outcome };
    };
    const operation: Operation = {
      reply: head,
      done: request.settle().then(
        () => finish({ response: request.response() }),
        (error: unknown) => finish({ error: operationError(error) }),
      ),
    };
    this.#operations.set(`${api}/${name}`, operation);
    return head;
  }

  /** Keeps one that is finished already, in its API's own form. */
  keep(api: string, name: string, reply: JsonObject): void {
    this.#operations.set(`${api}/${name}`, { reply, done: Promise.resolve() });
  }

  get(api: string, name: string): JsonObject {
    return this.#find(api, name).reply;
  }

  /** Waits until it is done, or until `seconds` are over. */
  async wait(api: string, name: string, seconds: number): Promise<JsonObject> {
    const operation = this.#find(api, name);
    const timer = AbortSignal.timeout(seconds * 1000);
    const over = new Promise<void>((resolve) => {
      timer.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([operation.done, over]);
    return operation.reply;
  }

  under(api: string, parent: string): JsonObject[] {
    return [...this.#operations.entries()]
      .filter(([key]) => key.startsWith(`${api}/${parent}/operations/`))
      .map(([, { reply }]) => reply);
  }

  #find(api: string, name: string): Operation {
    const operation = this.#operations.get(`${api}/${name}`);
    if (operation === undefined) throw new ApiError("NOT_FOUND", `Operation ${name} was not found.`);
    return operation;
  }
}

function operationError(error: unknown): JsonObject {
  if (error instanceof ApiError) return error.toOperationError();
  return { code: 13, message: error instanceof Error ? error.message : String(error) };
}
