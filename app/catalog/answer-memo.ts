/** What is kept of one owner's answers: all of one moment. */
interface Kept {
  readonly sequence: number;
  readonly answers: Map<string, Answer>;
}

interface Answer {
  readonly value: Promise<unknown>;
  /** About, once it is known. */
  bytes: number;
}

/**
 * Answers that were given already, so that a question that is repeated costs no query: between two entries of a
 * catalog's log the same question has the same answer. Whoever asks what is being asked at this moment waits for that
 * answer. Bounded in memory: the owner who was not asked for longest is forgotten first.
 */
export class AnswerMemo {
  readonly #mostBytes: number;
  /** In the order in which they were last asked. */
  readonly #owners = new Map<string, Kept>();
  #bytes = 0;

  /** @param mostBytes of all answers together; one that takes more than a sixteenth of it is not kept */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** What is kept takes so much, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The answer to a question at this moment of the owner's catalog. What failed is asked again.
   *
   * @param question names it with everything that its answer depends on
   */
  async answer<R>(owner: string, sequence: number, question: string, ask: () => Promise<R>): Promise<R> {
    const kept = this.#keptOf(owner, sequence);
    const known = kept?.answers.get(question);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same question has an answer of one type
    if (known !== undefined) return (await known.value) as R;
    const value = ask();
    if (kept === undefined) return await value;
    const answer: Answer = { value, bytes: 0 };
    kept.answers.set(question, answer);
    try {
      const result = await value;
      this.#weigh(owner, kept, question, answer, result);
      return result;
    } catch (error) {
      if (kept.answers.get(question) === answer) kept.answers.delete(question);
      throw error;
    }
  }

  /** Undefined for a moment that is past: nobody asks about it again. */
  #keptOf(owner: string, sequence: number): Kept | undefined {
    const kept = this.#owners.get(owner);
    if (kept !== undefined && kept.sequence > sequence) return undefined;
    const current = kept?.sequence === sequence ? kept : { sequence, answers: new Map<string, Answer>() };
    if (kept !== current) this.#forget(owner);
    this.#owners.delete(owner);
    this.#owners.set(owner, current);
    return current;
  }

  #weigh(owner: string, kept: Kept, question: string, answer: Answer, result: unknown): void {
    // Forgotten while it was asked.
    if (this.#owners.get(owner) !== kept || kept.answers.get(question) !== answer) return;
    const bytes = 2 * (question.length + (JSON.stringify(result)?.length ?? 0));
    if (bytes > this.#mostBytes / 16) {
      kept.answers.delete(question);
      return;
    }
    answer.bytes = bytes;
    this.#bytes += bytes;
    for (const other of this.#owners.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#forget(other);
    }
  }

  #forget(owner: string): void {
    for (const { bytes } of this.#owners.get(owner)?.answers.values() ?? []) this.#bytes -= bytes;
    this.#owners.delete(owner);
  }
}
