import { type HttpCall, type HttpReply, exchange } from "./http-exchange.ts";
import { requireSafeScheme } from "./loopback.ts";
import { unreachable } from "./registry-error.ts";

/**
 * One request and its reply; a connection that fails is a `RegistryError` that may pass.
 *
 * @throws Error at once when the address is neither https nor on this machine: no repetition helps
 */
export async function reach(call: HttpCall): Promise<HttpReply> {
  requireSafeScheme(call.url);
  return await exchange(call).catch((cause: unknown) => {
    throw unreachable(call.url.host, cause);
  });
}
