import type { TopicMessage } from "./topic.ts";

/** Tells the worker that a person's catalog has new entries. */
export function catalogEvent(userId: string): TopicMessage {
  return { attributes: { userId } };
}

/** The person it is about; undefined where it is no such event. */
export function readCatalogEvent(attributes: Readonly<Record<string, string>>): string | undefined {
  const { userId } = attributes;
  return userId !== undefined && /^[\w-]{1,100}$/.test(userId) ? userId : undefined;
}
