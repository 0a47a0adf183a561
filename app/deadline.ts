/** Nothing was heard in time. */
export class DeadlineExceededError extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

/**
 * What comes of the work, where it comes in time. Where this process itself was busy for so long, an answer that has
 * arrived meanwhile is read before it is judged.
 *
 * @param abandon called once it is too late
 * @throws DeadlineExceededError, or what the work does
 */
export async function withDeadline<R>(
  work: Promise<R>,
  milliseconds: number,
  abandon?: () => void,
): Promise<R> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  let judging: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    judging = setImmediate(() => {
      reject(new DeadlineExceededError(milliseconds));
      abandon?.();
    });
  }, milliseconds);
  // What comes of the work after the deadline is nobody's any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
    clearImmediate(judging);
  }
}
