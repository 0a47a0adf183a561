import type { Catalog, Receipt } from "../catalog/catalog.ts";
import { catalogEvent } from "./catalog-event.ts";
import type { Topic } from "./topic.ts";

export interface ToldCatalogOptions {
  /** Undefined: nobody is told. */
  readonly topic: Topic | undefined;
  /** What could not be told is published later, by maintenance. */
  readonly onNotTold: (error: unknown) => void;
}

interface Telling {
  isMore: boolean;
}

/**
 * The catalog, whose changes are told to the topic. Nobody waits for it, and nobody's change fails by it. At most one
 * event about a person is on its way; changes meanwhile are told by the next.
 */
export function tellChanges<C extends Pick<Catalog, "execute" | "undo">>(
  catalog: C,
  { topic, onNotTold }: ToldCatalogOptions,
): C {
  if (topic === undefined) return catalog;
  const underWay = new Map<string, Telling>();

  const tell = async (userId: string): Promise<void> => {
    const before = underWay.get(userId);
    if (before !== undefined) {
      before.isMore = true;
      return;
    }
    const telling: Telling = { isMore: true };
    underWay.set(userId, telling);
    try {
      while (telling.isMore) {
        telling.isMore = false;
        await topic.publish([catalogEvent(userId)]);
      }
    } catch (error) {
      onNotTold(error);
    } finally {
      underWay.delete(userId);
    }
  };

  const told = async (userId: string, changing: Promise<Receipt>): Promise<Receipt> => {
    const receipt = await changing;
    void tell(userId);
    return receipt;
  };

  return {
    ...catalog,
    execute: (userId, ...rest) => told(userId, catalog.execute(userId, ...rest)),
    undo: (userId, ...rest) => told(userId, catalog.undo(userId, ...rest)),
  };
}
