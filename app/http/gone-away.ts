import type { FastifyReply } from "fastify";
import { RequestRefusedError } from "./request-refusal.ts";

/** Aborts, with `client-gone`, when the client hangs up before it has its answer. */
export function goneAway({ raw }: Pick<FastifyReply, "raw">): AbortSignal {
  const controller = new AbortController();
  const close = () => {
    if (raw.writableFinished) return;
    controller.abort(new RequestRefusedError("client-gone", "The connection ended before the answer."));
  };
  if (raw.destroyed) close();
  else raw.once("close", close);
  return controller.signal;
}
