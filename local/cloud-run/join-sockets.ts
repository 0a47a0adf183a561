import type { Socket } from "node:net";
import { pipeline } from "node:stream";

/** Passes bytes both ways until both sides have ended; when one breaks, so does the other. */
export function joinSockets(inbound: Socket, outbound: Socket): void {
  const onEnd = (error: Error | null | undefined) => {
    if (error === null || error === undefined) return;
    inbound.destroy();
    outbound.destroy();
  };
  pipeline(inbound, outbound, onEnd);
  pipeline(outbound, inbound, onEnd);
}
