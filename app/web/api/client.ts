import { RefusedError, UnreachableError, readFailure } from "./failure.ts";
import { askInTurn } from "./pacing.ts";
import {
  type PersonJson,
  type PhotoJson,
  type PhotoListJson,
  isPerson,
  isPhoto,
  isPhotoList,
} from "./photo-json.ts";
import { SeenCatalog, seenHeader } from "./seen-catalog.ts";
import { wait } from "./wait.ts";
import { type OpenedUploadJson, isArrivedUpload, isOpenedUpload } from "./upload-json.ts";

/**
 * Sent with every request: the identity proxy then answers an expired session with 401 instead of a redirect,
 * and the app knows that no other site's form is asking.
 */
export const requestHeaders = { "x-requested-with": "XMLHttpRequest", accept: "application/json" } as const;

/** How many photos one page of the list holds. */
const pageSize = 60;

/** Newest first. @throws SignedOutError, UnreachableError, RefusedError */
export function listPhotos(cursor?: string): Promise<PhotoListJson> {
  return readList("/v1/photos", cursor);
}

/** What is in the trash, newest first. @throws SignedOutError, UnreachableError, RefusedError */
export function listTrash(cursor?: string): Promise<PhotoListJson> {
  return readList("/v1/trash", cursor);
}

function readList(path: string, cursor: string | undefined): Promise<PhotoListJson> {
  const query = new URLSearchParams({ limit: String(pageSize), ...(cursor !== undefined && { cursor }) });
  return ask("GET", `${path}?${query.toString()}`, isPhotoList);
}

export function readPhoto(id: string): Promise<PhotoJson> {
  return ask("GET", `/v1/photos/${encodeURIComponent(id)}`, isPhoto);
}

export async function trashPhoto(id: string): Promise<void> {
  await ask("DELETE", `/v1/photos/${encodeURIComponent(id)}`, isAnything);
}

export async function restorePhoto(id: string): Promise<void> {
  await ask("POST", `/v1/photos/${encodeURIComponent(id)}/restore`, isAnything);
}

/** Of a photo that is in the trash; nothing brings it back. */
export async function deletePhotoForGood(id: string): Promise<void> {
  await ask("DELETE", `/v1/trash/${encodeURIComponent(id)}`, isAnything);
}

export interface FileToOpen {
  readonly file: File;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly idempotencyKey: string;
}

/** Reserves room for a file and says where to send it; the same key again says how far it is. */
export function openUpload({ file, sha256, idempotencyKey }: FileToOpen): Promise<OpenedUploadJson> {
  const type = file.type === "" ? {} : { content_type: file.type };
  const wanted = { filename: file.name, size_bytes: file.size, sha256, ...type };
  return ask("POST", "/v1/uploads", isOpenedUpload, { json: wanted, idempotencyKey });
}

/** How many bytes have arrived; null where the session is gone. */
export async function readUploadOffset(id: string): Promise<number | null> {
  return (await ask("GET", `/v1/uploads/${encodeURIComponent(id)}`, isArrivedUpload)).offset;
}

/** Makes what has arrived a photo. */
export async function completeUpload(
  id: string,
): Promise<{ readonly photo: PhotoJson; readonly isNew: boolean }> {
  let isNew = false;
  const photo = await ask("POST", `/v1/uploads/${encodeURIComponent(id)}/complete`, isPhoto, {
    onStatus: (status) => {
      isNew = status !== 200;
    },
  });
  return { photo, isNew };
}

export async function cancelUpload(id: string): Promise<void> {
  await ask("DELETE", `/v1/uploads/${encodeURIComponent(id)}`, isAnything);
}

export function readPerson(): Promise<PersonJson> {
  return ask("GET", "/v1/users/me", isPerson);
}

/** The edge answers here, by the cookies that this page was given; an address never changes its content. */
export function mediaAddress(photo: PhotoJson, size: "thumbnail" | "preview" | "original"): string {
  if (size === "original") return `/${photo.storage_path}`;
  return `/${size === "preview" ? photo.preview_path : photo.thumbnail_path}`;
}

interface AskOptions {
  readonly json?: object;
  /** @default a new one */
  readonly idempotencyKey?: string;
  readonly onStatus?: (status: number) => void;
}

const seen = new SeenCatalog();

/** Of a reply to what was sent another way: the next question must have seen this page's own change. */
export function noteSeen(token: string | null): void {
  seen.note(token);
}

async function ask<T>(
  method: string,
  path: string,
  isExpected: (value: unknown) => value is T,
  options: AskOptions = {},
): Promise<T> {
  // One for all repeats: what was done before an answer was lost is not done twice.
  const keyed = { idempotencyKey: crypto.randomUUID(), ...options };
  const once = () => askInTurn(() => askOnce(method, path, isExpected, keyed), wait);
  try {
    return await once();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== "invalid-token") throw error;
    seen.forget();
    return await once();
  }
}

async function askOnce<T>(
  method: string,
  path: string,
  isExpected: (value: unknown) => value is T,
  { json, idempotencyKey, onStatus }: AskOptions & { readonly idempotencyKey: string },
): Promise<T> {
  const headers = { ...headersFor(method, idempotencyKey), ...seen.headers };
  const sent =
    json === undefined
      ? { headers }
      : { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(json) };
  let reply: Response;
  let body: string;
  try {
    // A redirect could only lead to a sign-in page, which is no answer.
    reply = await fetch(path, { method, redirect: "manual", ...sent });
    body = await reply.text();
  } catch (error) {
    throw new UnreachableError({ cause: error });
  }
  seen.note(reply.headers.get(seenHeader));
  if (!reply.ok) throw readFailure(statusOf(reply), body, reply.headers.get("retry-after"));
  onStatus?.(reply.status);
  const value: unknown = body === "" ? undefined : JSON.parse(body);
  if (!isExpected(value)) throw new TypeError(`${method} ${path} answered with another shape than expected`);
  return value;
}

function headersFor(method: string, idempotencyKey: string): Record<string, string> {
  return method === "GET" ? requestHeaders : { ...requestHeaders, "idempotency-key": idempotencyKey };
}

/** A redirect that was not followed is shown as status 0: signed out. */
function statusOf(reply: Response): number {
  return reply.type === "opaqueredirect" ? 401 : reply.status;
}

function isAnything(value: unknown): value is unknown {
  return value !== null;
}
