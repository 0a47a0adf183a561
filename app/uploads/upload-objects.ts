import { objectPrefixes } from "../runtime-contract.ts";
import type { UploadName } from "./upload-sessions.ts";

/** Where an upload's bytes arrive. */
export function uploadObject({ userId, uploadId }: UploadName): string {
  return `${objectPrefixes.uploads}${userId}/${uploadId}`;
}

/** Where a session's address is kept. */
export function sessionObject({ userId, uploadId }: UploadName): string {
  return `${objectPrefixes.sessions}${userId}/${uploadId}`;
}

/** The upload that an object of this name holds, or undefined for any other name. */
export function readUploadObject(name: string): UploadName | undefined {
  return readName(objectPrefixes.uploads, name);
}

/** The upload whose session's address an object of this name holds, or undefined for any other name. */
export function readSessionObject(name: string): UploadName | undefined {
  return readName(objectPrefixes.sessions, name);
}

function readName(prefix: string, name: string): UploadName | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const [, userId, uploadId] = /^([\w-]{1,100})\/([\w-]{1,100})$/.exec(name.slice(prefix.length)) ?? [];
  return userId === undefined || uploadId === undefined ? undefined : { userId, uploadId };
}
