/** What one request may take up. Routes that take files name their own size. */
export const limits = {
  /** Bytes of a body that is not a file. */
  bodyBytes: 1024 * 1024,
  /** Characters of one parameter of a path. */
  pathParameterLength: 200,
  /** From the first byte to the last of a request, an upload on a slow line included; Cloud Run's own limit. */
  requestMilliseconds: 300_000,
  /** From routing to the reply's first byte; after it the caller is told that it took too long. */
  answerMilliseconds: 290_000,
  /**
   * How long an idle connection stays open. Longer than the load balancer's 600 s, so that it is never us who
   * close one that it is about to use:
   * https://cloud.google.com/load-balancing/docs/https/#timeouts_and_retries
   */
  keepAliveMilliseconds: 620_000,
  /** Waiting for requests under way when the process is told to stop; Cloud Run gives 10 s. */
  closeMilliseconds: 9_000,
} as const;
