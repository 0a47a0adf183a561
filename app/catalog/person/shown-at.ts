import type { Photo } from "../photo.ts";

/** The camera's time, else that of the upload: what lists are sorted by. As a moment of UTC, whatever the camera's zone. */
export function shownAt({ takenAt, uploadDate }: Pick<Photo, "takenAt" | "uploadDate">): string {
  return takenAt === null ? uploadDate : `${takenAt}.000Z`;
}
