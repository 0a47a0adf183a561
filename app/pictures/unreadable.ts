import { UnreadablePictureError } from "./errors.ts";
import type { PictureFormat } from "./picture-format.ts";

/** How the decoders say that a file ends too early. */
const cutOffComplaints =
  /premature end of JPEG image|truncated|unexpected end|bad seek|end of (?:file|stream)|not enough data/i;

/** What a decoder's complaint means for the person whose file it is. */
export function unreadable(format: PictureFormat, cause: unknown): UnreadablePictureError {
  if (cutOffComplaints.test(messageOf(cause))) return cutOff(format, cause);
  return new UnreadablePictureError(
    `this ${format.toUpperCase()} file cannot be read: its content is damaged beyond what can be shown`,
    { cause },
  );
}

export function cutOff(format: PictureFormat, cause: unknown): UnreadablePictureError {
  return new UnreadablePictureError(
    `this ${format.toUpperCase()} file ends before its picture does: it was cut off on its way; send it again`,
    { cause },
  );
}

export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
