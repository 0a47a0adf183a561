import { AccountClosedError, UploadNotFoundError } from "../catalog/person/errors.ts";
import { finishProcessing } from "../photos/finish-processing.ts";
import type { ProcessingDependencies } from "../photos/finish-processing.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import { readUploadObject } from "../uploads/upload-objects.ts";
import { completeUpload } from "../uploads/uploads.ts";
import type { UploadsDependencies } from "../uploads/uploads.ts";

export interface SweepDependencies extends UploadsDependencies, ProcessingDependencies {
  /** Told of what could not be swept this time. */
  readonly reportFault: (error: unknown, objectName: string) => void;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** A client that is still there completes its upload long before. */
const abandonedMilliseconds = 10 * 60_000;

/**
 * Completes uploads whose client vanished after the last byte, and makes pictures whose event was lost. What
 * belongs to no upload that is known is removed.
 */
export async function sweep(dependencies: SweepDependencies): Promise<Readonly<Record<string, number>>> {
  const { uploads, sessions, processing, now = Date.now, reportFault } = dependencies;
  const figures = { completed_uploads: 0, removed_uploads: 0, processed_photos: 0, faults: 0 };
  const isRecent = (madeAt: number) => now() - madeAt < abandonedMilliseconds;

  for await (const { name, generation } of uploads.list(objectPrefixes.uploads)) {
    const upload = readUploadObject(name);
    // Generations begin with the milliseconds of writing, on disk and in Cloud Storage.
    if (upload === undefined || isRecent(Number(generation.slice(0, 13)))) continue;
    try {
      await completeUpload(dependencies, upload.userId, upload.uploadId);
      figures.completed_uploads += 1;
    } catch (error) {
      if (error instanceof UploadNotFoundError || error instanceof AccountClosedError) {
        await sessions.remove(upload);
        figures.removed_uploads += 1;
      } else {
        figures.faults += 1;
        reportFault(error, name);
      }
    }
  }
  for await (const request of processing.list()) {
    if (isRecent(request.requestedAt)) continue;
    try {
      const outcome = await finishProcessing(dependencies, request);
      // So long after the request no record will come any more.
      if (outcome === "unknown") await processing.remove(request);
      else figures.processed_photos += 1;
    } catch (error) {
      figures.faults += 1;
      reportFault(error, request.photoId);
    }
  }
  return figures;
}
