import type { Photo } from "../photo.ts";

/**
 * The camera's time, else that of the upload: what lists are sorted by. As a moment of UTC, whatever the camera's zone. One
 * that is no time counts as none.
 */
export function shownAt({ takenAt, uploadDate }: Pick<Photo, "takenAt" | "uploadDate">): string {
  const milliseconds = takenAt === null ? Number.NaN : Date.parse(`${takenAt}Z`);
  return Number.isNaN(milliseconds) ? uploadDate : new Date(milliseconds).toISOString();
}
