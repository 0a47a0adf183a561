/**
 * A day like `2015-09-08`, its beginning, or a local time like `2015-09-08T11:02:17`, as if it were UTC.
 *
 * @returns undefined for anything else, and for what no calendar or clock shows
 */
export function readLocalTime(text: string): Date | undefined {
  const match = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const time = new Date(match[1] === undefined ? `${text}T00:00:00Z` : `${text}Z`);
  // Date takes the 31st of February for the 3rd of March.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text) ? time : undefined;
}
