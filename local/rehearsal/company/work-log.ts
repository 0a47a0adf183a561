import type { Reply } from "../visitor.ts";

/** What people do all day, as a report names it. */
export const kindsOfWork = [
  "pages",
  "lists",
  "photos",
  "pictures",
  "edits",
  "edits repeated",
  "favourites",
  "uploads",
  "parts",
  "questions how far",
  "completions",
] as const;

export type KindOfWork = (typeof kindsOfWork)[number];

/** Every request that people sent, counted by kind, and what failed of it. */
export class WorkLog {
  readonly #counts = new Map<KindOfWork, number>();
  readonly failed: string[] = [];

  /** Sends a request, counts it, and notes where it was not answered as it should be. @returns undefined then */
  async note(kind: KindOfWork, expected: number, send: () => Promise<Reply>): Promise<Reply | undefined> {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    try {
      const reply = await send();
      if (reply.status === expected) return reply;
      this.failed.push(`${kind}: ${reply.status}: ${reply.body.toString("utf8").slice(0, 200)}`);
    } catch (error) {
      this.failed.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  }

  get asked(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `412 requests: 40 pages, 120 lists, …` */
  get summary(): string {
    const kinds = kindsOfWork.flatMap((kind) => {
      const count = this.#counts.get(kind);
      return count === undefined ? [] : [`${count} ${kind}`];
    });
    return `${this.asked} requests: ${kinds.join(", ")}`;
  }
}
