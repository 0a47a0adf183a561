import { setTimeout as pause } from "node:timers/promises";
import { isObject, type Json, type JsonObject, textAt } from "../../google-apis/engine/json.ts";

/** Speaks to the APIs as the provider would: at the endpoints and with the token of its environment variables. */
export class ApiClient {
  readonly #variables: Readonly<Record<string, string>>;

  /** What is going on for each name that is taken in turn. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(variables: Readonly<Record<string, string>>) {
    this.#variables = variables;
  }

  /**
   * Sends a request and resolves to what was answered; an operation's answer is awaited.
   *
   * @param product the middle of the endpoint's variable: `CLOUD_RUN_V2`
   * @throws Error with the API's own words
   */
  async send(verb: string, product: string, path: string, body?: Json): Promise<JsonObject> {
    const endpoint = this.#variables[`GOOGLE_${product}_CUSTOM_ENDPOINT`];
    if (endpoint === undefined) throw new Error(`no endpoint is known for ${product}`);
    const reply = await this.#ask(verb, endpoint + path, body);
    const isOperation = /(^|\/)operations\//.test(textAt(reply, "name")) && reply["kind"] === undefined;
    return isOperation ? this.#await(endpoint, reply) : reply;
  }

  /** Waits until nobody else is busy with `name`: policies are read, changed and written by one at a time. */
  inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
    const done = (this.#turns.get(name) ?? Promise.resolve()).then(act);
    this.#turns.set(
      name,
      done.catch(() => undefined),
    );
    return done;
  }

  async #await(endpoint: string, operation: JsonObject): Promise<JsonObject> {
    let reply = operation;
    while (reply["done"] !== true) {
      await pause(100);
      reply = await this.#ask("GET", endpoint + textAt(operation, "name"));
    }
    const { error, response } = reply;
    if (isObject(error)) throw new Error(textAt(error, "message"));
    return isObject(response) ? response : {};
  }

  async #ask(verb: string, address: string, body?: Json): Promise<JsonObject> {
    const response = await fetch(address, {
      method: verb,
      headers: {
        authorization: `Bearer ${this.#variables["GOOGLE_OAUTH_ACCESS_TOKEN"] ?? ""}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const reply: Json = text.startsWith("{") ? JSON.parse(text) : {};
    if (response.ok) return isObject(reply) ? reply : {};
    const { pathname } = new URL(address);
    const said = textAt(reply, "error.message") || text.slice(0, 300);
    throw new Error(`${verb} ${pathname} was answered ${response.status}: ${said}`);
  }
}
