import { availableParallelism } from "node:os";
import { Readable } from "node:stream";
import { AccountClosedError, PhotoNotFoundError } from "../catalog/person/errors.ts";
import type { Photo } from "../catalog/photo.ts";
import { IdempotencyKeyReusedError } from "../catalog/protocol/errors.ts";
import type { OwnKey } from "../own-key.ts";
import { deriveAnew } from "../photos/finish-processing.ts";
import type { ProcessingDependencies } from "../photos/finish-processing.ts";
import { derivation } from "../pictures/derivation.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { everyPhoto, forEveryPerson } from "./everyone.ts";
import { leftBy } from "./report.ts";
import type { Figures, Upkeep } from "./upkeep.ts";

export interface RederiveDependencies extends Omit<ProcessingDependencies, "processing">, Upkeep {
  readonly records: ObjectStore;
}

/**
 * Makes the pictures of every photo anew that an earlier version of the procedure made or could not make. Stopped at any moment and started again, it goes on where it was: what has today's version is passed
 * over. The pictures made before stay, at their own addresses, until the reconciler removes them.
 *
 * @throws AggregateError after everyone's turn, when somebody's catalog could not be read
 */
export async function rederive(dependencies: RederiveDependencies): Promise<Figures> {
  const { catalog, isDryRun = false, progress, note } = dependencies;
  const figures = { people: 0, photos: 0, rederived: 0, current: 0, faults: 0 };

  async function renew(photo: Photo): Promise<void> {
    figures.photos += 1;
    const finding = { kind: "outdated-pictures", subject: photo.id, userId: photo.userId } as const;
    if (!isOutdated(photo)) {
      figures.current += 1;
    } else {
      try {
        if (!isDryRun) await renewPictures(dependencies, photo);
        figures.rederived += 1;
        note?.({ ...finding, outcome: "mended" });
      } catch (error) {
        figures.faults += 1;
        note?.({ ...finding, ...leftBy(error) });
      }
    }
    progress?.(figures);
  }

  return forEveryPerson(dependencies, {
    figures,
    failing: "people's photos could not be gone through",
    work: async (userId) => {
      figures.people += 1;
      const photos = Readable.from(everyPhoto(catalog, userId));
      await photos.forEach(renew, { concurrency: availableParallelism() });
    },
  });
}

/** What waits for the worker, or is being deleted, is somebody else's. */
function isOutdated({ state, derivation: made }: Photo): boolean {
  return (state === "ready" || state === "failed") && made < derivation;
}

/** Makes a photo's pictures by today's procedure, and records where they lie. */
export async function renewPictures(
  dependencies: Omit<ProcessingDependencies, "processing">,
  photo: Photo,
): Promise<void> {
  const derivatives = await deriveAnew(dependencies, photo);
  // At the same addresses: the record is right already.
  if (photo.state === "ready" && photo.derivation === derivation) return;
  const command = { kind: "record-derivatives", photoId: photo.id, derivatives } as const;
  // Fixed: a photo is made anew by one procedure once only.
  const idempotencyKey: OwnKey = `rederive ${photo.id} by ${derivation}`;
  try {
    await dependencies.catalog.execute(photo.userId, command, { idempotencyKey });
  } catch (error) {
    // Somebody else was at it too, or the photo or its owner went meanwhile.
    const isSettled = [IdempotencyKeyReusedError, PhotoNotFoundError, AccountClosedError].some(
      (kind) => error instanceof kind,
    );
    if (!isSettled) throw error;
  }
}
