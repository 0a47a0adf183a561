/** Of requests and replies: how much of the person's catalog a reply has seen, and how much the next one must have. */
export const seenHeader = "catalog-token";

/** The newest reply's, so that whichever instance answers next has seen this page's own changes. */
export class SeenCatalog {
  #token: string | undefined;

  get headers(): Readonly<Record<string, string>> {
    return this.#token === undefined ? {} : { [seenHeader]: this.#token };
  }

  /** Replies may come in another order than they were made: of one person's, the one that has seen more counts. */
  note(token: string | null): void {
    const [person, sequence] = parts(token);
    if (token === null || person === undefined) return;
    const [known, reached] = parts(this.#token ?? null);
    if (person !== known || sequence > reached) this.#token = token;
  }

  /** Somebody else has signed in, or the account was closed: what was seen is of no use. */
  forget(): void {
    this.#token = undefined;
  }
}

function parts(token: string | null): [person: string | undefined, sequence: number] {
  const [, person, sequence] = /^(.+)\.(\d+)$/.exec(token ?? "") ?? [];
  return [person, Number(sequence ?? -1)];
}
