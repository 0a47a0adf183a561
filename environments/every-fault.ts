/**
 * Waits for all of it.
 *
 * @throws Error with the messages of everything that failed
 */
export async function everyFault(files: readonly Promise<unknown>[]): Promise<void> {
  const failures = (await Promise.allSettled(files)).filter((outcome) => outcome.status === "rejected");
  if (failures.length === 0) return;
  const reasons = failures.map(({ reason }): unknown => reason);
  const messages = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason)));
  throw new Error(messages.join("\n"));
}
