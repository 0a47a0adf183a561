/**
 * So long Google's front ends keep a client's idle connection: https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries.
 * Node's own 5 s would let a connection end just as somebody takes it up again.
 */
export const frontKeepAliveMilliseconds = 610_000;
