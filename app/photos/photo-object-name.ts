import { objectPrefixes } from "../runtime-contract.ts";

/** Whose an object of the media store is. */
export interface PhotoObjectName {
  readonly userId: string;
  readonly photoId: string;
}

const { originals, previews, thumbnails } = objectPrefixes;

/** Where the media store keeps what belongs to photos, each with a folder for every person. */
export const photoFolders = [originals, previews, thumbnails] as const;

/** Where all that belongs to a person's photos lies. */
export function personFolders(userId: string): readonly string[] {
  return photoFolders.map((folder) => `${folder}${userId}/`);
}

const shapes: readonly (readonly [folder: string, rest: RegExp])[] = [
  [originals, /^([\w-]{1,100})\/([\w-]{1,100})\.[a-z0-9]{1,10}$/],
  [previews, /^([\w-]{1,100})\/([\w-]{1,100})_preview\.v\d{1,9}\.[a-z0-9]{1,10}$/],
  [thumbnails, /^([\w-]{1,100})\/([\w-]{1,100})_thumb\.v\d{1,9}\.[a-z0-9]{1,10}$/],
];

/** The photo to which an object of this name belongs, or undefined for a name that the service does not give. */
export function readPhotoObjectName(name: string): PhotoObjectName | undefined {
  for (const [folder, rest] of shapes) {
    if (!name.startsWith(folder)) continue;
    const [, userId, photoId] = rest.exec(name.slice(folder.length)) ?? [];
    return userId === undefined || photoId === undefined ? undefined : { userId, photoId };
  }
  return undefined;
}
