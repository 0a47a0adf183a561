/**
 * The camera's local time from EXIF's own text (`2015:09:08 11:02:17`; some write other separators, fractions or
 * a zone behind it) as `2015-09-08T11:02:17`. Null where it is absent, blank or no date of the calendar: nothing
 * is ever filled in from the server's clock or zone.
 */
export function readCaptureTime(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const match = /^\s*(\d{4})[:\-/.](\d{2})[:\-/.](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?/.exec(text);
  if (match === null) return null;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "00"] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${local}.000Z`);
  // An overflowing date (30 February) would be carried over into another one.
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 19) !== local) return null;
  return Number(year) < 1826 ? null : local;
}

/** Minutes east of UTC from EXIF's `+03:00`, `-0530` or `Z`; null where absent or beyond what zones there are. */
export function readOffset(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const trimmed = text.trim();
  if (trimmed === "Z") return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(trimmed);
  if (match === null) return null;
  const [, sign, hours, minutes] = match;
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || total > 14 * 60) return null;
  return total === 0 ? 0 : sign === "-" ? -total : total;
}
