/** An answer that is no success. `status` is 0 if there was none. */
export class RequestFailed extends Error {
  readonly status: number;

  constructor(message: string, status: number, cause?: unknown) {
    super(message, { cause });
    this.name = "RequestFailed";
    this.status = status;
  }
}

/** Sends a request and reads its JSON answer. @throws RequestFailed with what the other side said */
export async function requestJson(url: URL, init: RequestInit): Promise<unknown> {
  const what = `${init.method ?? "GET"} ${url.host}${url.pathname}`;
  let reply: Response;
  try {
    reply = await fetch(url, { signal: AbortSignal.timeout(60_000), ...init });
  } catch (cause) {
    throw new RequestFailed(`${what} was not answered`, 0, cause);
  }
  const text = await reply.text();
  if (!reply.ok)
    throw new RequestFailed(`${what} was answered ${reply.status}: ${messageIn(text)}`, reply.status);
  return text === "" ? {} : JSON.parse(text);
}

export async function postForm(url: URL, fields: Readonly<Record<string, string>>): Promise<unknown> {
  return requestJson(url, { method: "POST", body: new URLSearchParams(fields) });
}

export async function postJson(url: URL, body: unknown, token: string): Promise<unknown> {
  return requestJson(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Whatever an answer has under a name; nothing if it is not even an object. */
export function property(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null ? Reflect.get(from, name) : undefined;
}

/** A text field of an answer. @throws Error that names the field, and never a value: it may be a secret */
export function field(from: unknown, name: string): string {
  const value = property(from, name);
  if (typeof value !== "string") throw new Error(`'${name}' is missing`);
  return value;
}

/** Google's errors carry a message; a proxy's page is cut short. */
function messageIn(text: string): string {
  try {
    const message = property(property(JSON.parse(text), "error"), "message");
    if (typeof message === "string") return message;
  } catch {
    // Not JSON: shown as it is.
  }
  return text.slice(0, 300);
}
