import { setTimeout as sleep } from "node:timers/promises";
import { findAccessToken } from "./access-token.mts";
import { endpointOf } from "./endpoints.mts";
import type { Product } from "./endpoints.mts";
import { property, requestJson, RequestFailed } from "./json-request.mts";

export interface GoogleRequest {
  readonly product: Product;
  readonly method?: "GET" | "PATCH" | "POST";
  /** Below the product's address, such as `projects/p/secrets/s`. */
  readonly path: string;
  readonly body?: unknown;
  /** Another version of the API than its address has: `v1beta1`. */
  readonly version?: string;
  /** Bytes of an object, sent to the product's address for uploads instead of a JSON body. */
  readonly upload?: { readonly contentType: string; readonly bytes: Uint8Array };
  /** A condition in the request makes it harmless to send it twice. @default for GET only */
  readonly isRepeatable?: boolean;
}

export type AskGoogle = (request: GoogleRequest) => Promise<unknown>;

const attempts = 5;

/** Requests to Google's APIs as whoever runs Terraform. Read failures and refusals for a moment are tried again. */
export async function connectToGoogle(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<AskGoogle> {
  const token = await findAccessToken(variables);
  return async ({ product, method = "GET", path, body, version, upload, isRepeatable }) => {
    const endpoint = endpointOf(product, variables);
    if (upload !== undefined) endpoint.pathname = `/upload${endpoint.pathname}`;
    const base =
      version === undefined ? endpoint.href : endpoint.href.replace(/\/v[0-9][^/]*\/$/, `/${version}/`);
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": upload?.contentType ?? "application/json",
      },
      ...(upload !== undefined && { body: Uint8Array.from(upload.bytes) }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await requestJson(new URL(path, base), init);
      } catch (error) {
        if (attempt === attempts || !isWorthRepeating(error, isRepeatable ?? method === "GET")) throw error;
        await sleep(200 * 2 ** attempt);
      }
    }
  };
}

/** 429 was not carried out; a read may be repeated whatever happened. */
function isWorthRepeating(error: unknown, isRepeatable: boolean): boolean {
  if (!(error instanceof RequestFailed)) return false;
  return error.status === 429 || (isRepeatable && (error.status === 0 || error.status >= 500));
}

/** Whether an error is Google's 404. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 404;
}

/** Reads an operation until it is done. @throws Error with the operation's own message, or after the time is up */
export async function awaitOperation(read: () => Promise<unknown>, timeoutSeconds = 300): Promise<void> {
  const end = Date.now() + timeoutSeconds * 1000;
  for (let pause = 200; ; pause = Math.min(pause * 2, 5000)) {
    const operation = await read();
    const error = property(operation, "error");
    if (error !== undefined) throw new Error(`Google's operation failed: ${JSON.stringify(error)}`);
    if (property(operation, "done") === true || property(operation, "status") === "DONE") return;
    if (Date.now() > end)
      throw new Error(`Google's operation was not done after ${timeoutSeconds} s: deploy again`);
    await sleep(pause);
  }
}
