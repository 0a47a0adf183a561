import type { Upload } from "../catalog/upload.ts";
import { AccountClosedError, UploadNotFoundError } from "../catalog/person/errors.ts";
import { finishProcessing } from "../photos/finish-processing.ts";
import type { ProcessingDependencies } from "../photos/finish-processing.ts";
import type { ProcessingRequest } from "../photos/processing-queue.ts";
import { objectPrefixes } from "../runtime-contract.ts";
import { readUploadObject, uploadObject } from "../uploads/upload-objects.ts";
import { writtenAt } from "../storage/written-at.ts";
import type { UploadName } from "../uploads/upload-sessions.ts";
import { cancelUpload, completeUpload } from "../uploads/uploads.ts";
import type { UploadsDependencies } from "../uploads/uploads.ts";
import { leftBy } from "./report.ts";
import type { Figures, Upkeep } from "./upkeep.ts";

export interface SweepDependencies
  extends UploadsDependencies, Omit<ProcessingDependencies, "media">, Upkeep {
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** A client that is still there completes its upload long before. */
const abandonedMilliseconds = 10 * 60_000;

/**
 * Completes uploads whose client vanished after the last byte, ends those whose reservation is over, and makes
 * pictures whose event was lost. What belongs to no upload that is known is removed.
 */
export async function sweep(dependencies: SweepDependencies): Promise<Figures> {
  const { uploads, sessions, processing, now = Date.now, isDryRun = false, progress, note } = dependencies;
  const figures = {
    completed_uploads: 0,
    removed_uploads: 0,
    ended_sessions: 0,
    processed_photos: 0,
    faults: 0,
  };
  const isRecent = (madeAt: number) => now() - madeAt < abandonedMilliseconds;

  for await (const session of sessions.list()) {
    if (isRecent(session.usedAt)) continue;
    const { userId, uploadId: subject } = session;
    try {
      if (!(await endSession(dependencies, session, now(), isDryRun))) continue;
      figures.ended_sessions += 1;
      note?.({ kind: "ended-session", subject, userId, outcome: "mended" });
    } catch (error) {
      figures.faults += 1;
      note?.({ kind: "session-fault", subject, userId, ...leftBy(error) });
    }
    progress?.(figures);
  }
  for await (const object of uploads.list(objectPrefixes.uploads)) {
    const upload = readUploadObject(object.name);
    if (upload === undefined || isRecent(writtenAt(object))) continue;
    try {
      if (isDryRun) await checkUpload(dependencies, upload);
      else await completeUpload(dependencies, upload.userId, upload.uploadId);
      figures.completed_uploads += 1;
      note?.({ kind: "abandoned-upload", subject: object.name, userId: upload.userId, outcome: "mended" });
    } catch (error) {
      if (error instanceof UploadNotFoundError || error instanceof AccountClosedError) {
        if (!isDryRun) await sessions.remove(upload);
        figures.removed_uploads += 1;
        note?.({ kind: "unknown-upload", subject: object.name, userId: upload.userId, outcome: "mended" });
      } else {
        figures.faults += 1;
        note?.({ kind: "upload-fault", subject: object.name, userId: upload.userId, ...leftBy(error) });
      }
    }
    progress?.(figures);
  }
  for await (const request of processing.list()) {
    if (isRecent(request.requestedAt)) continue;
    const { userId, photoId: subject } = request;
    try {
      const isWanted = isDryRun
        ? await isProcessing(dependencies, request)
        : await finishRequest(dependencies, request);
      if (isWanted) {
        figures.processed_photos += 1;
        note?.({ kind: "unmade-pictures", subject, userId, outcome: "mended" });
      }
    } catch (error) {
      figures.faults += 1;
      note?.({ kind: "pictures-fault", subject, userId, ...leftBy(error) });
    }
    progress?.(figures);
  }
  return figures;
}

/** @throws UploadNotFoundError, AccountClosedError as completing it would */
async function checkUpload({ catalog }: SweepDependencies, { userId, uploadId }: UploadName): Promise<void> {
  if ((await catalog.upload(userId, uploadId)) === undefined) throw new UploadNotFoundError(uploadId);
}

/**
 * Ends what nobody sends to any more: the upload is known to nobody, is completed, or its reservation is over with
 * bytes still missing.
 */
async function endSession(
  dependencies: SweepDependencies,
  name: UploadName,
  now: number,
  isDryRun: boolean,
): Promise<boolean> {
  const { uploads, sessions } = dependencies;
  const upload = await uploadOf(dependencies, name);
  if (upload?.state === "open") {
    // All of it is there: it is completed below.
    const offset = isDryRun ? undefined : await sessions.offset(name, upload.sizeBytes);
    if (offset === upload.sizeBytes || (await uploads.stat(uploadObject(name))) !== undefined) return false;
    if (Date.parse(upload.expiresDate) > now) return false;
    if (!isDryRun) await cancelUpload(dependencies, name.userId, name.uploadId);
  } else if (!isDryRun) {
    await sessions.remove(name);
  }
  return true;
}

async function uploadOf(
  { catalog }: SweepDependencies,
  { userId, uploadId }: UploadName,
): Promise<Upload | undefined> {
  return await unlessClosed(catalog.upload(userId, uploadId));
}

async function isProcessing(
  { catalog }: SweepDependencies,
  { userId, photoId }: ProcessingRequest,
): Promise<boolean> {
  return (await unlessClosed(catalog.photo(userId, photoId)))?.state === "processing";
}

/** @returns false where no record wants the pictures: so long after the request none will come any more */
async function finishRequest(dependencies: SweepDependencies, request: ProcessingRequest): Promise<boolean> {
  const outcome = await finishProcessing(dependencies, request);
  if (outcome === "unknown") await dependencies.processing.remove(request);
  return outcome !== "unknown";
}

/** What was asked about a person; undefined once the account is closed. */
async function unlessClosed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AccountClosedError) return undefined;
    throw error;
  }
}
