/** Nothing came in time. */
export class TooSlowError extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

/**
 * The answer, where it is there in time. Where this process itself was busy for so long, an answer that has arrived
 * meanwhile is read before it is judged.
 *
 * @throws TooSlowError
 */
export async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new TooSlowError(milliseconds))), milliseconds);
  });
  try {
    return await Promise.race([answer, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}
