import type { PhotoJson } from "../api/photo-json.ts";

/** What a screen reader says for the picture. */
export function altTextOf(photo: PhotoJson): string {
  if (photo.title !== null && photo.title !== "") return photo.title;
  if (photo.taken_at !== null) return `Photo taken ${formatTaken(photo.taken_at)}`;
  return `Photo ${photo.filename}`;
}

/** What is said in place of the picture while there is none; undefined where there is. */
export function wordsWithoutPicture({ state }: PhotoJson): string | undefined {
  if (state === "processing") return "Being prepared…";
  return state === "failed" ? "This photo cannot be shown; its original is kept." : undefined;
}

/** `8 September 2015 at 11:02` in the reader's language; the camera's local time as it is, in no time zone. */
export function formatTaken(takenAt: string): string {
  const time = new Date(`${takenAt}Z`);
  if (Number.isNaN(time.getTime())) return takenAt;
  return new Intl.DateTimeFormat(undefined, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(time);
}

/** `8 Sept 2015` */
export function formatDay(photo: PhotoJson): string {
  const time = new Date(photo.taken_at === null ? photo.upload_date : `${photo.taken_at}Z`);
  if (Number.isNaN(time.getTime())) return "";
  return new Intl.DateTimeFormat(undefined, {
    dateStyle: "medium",
    ...(photo.taken_at !== null && { timeZone: "UTC" }),
  }).format(time);
}

/** `3.4 MB`; a thousand bytes are a kilobyte, as cameras and shops count. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ""}`;
}
