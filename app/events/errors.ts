/** The event is about a photo that is not recorded yet, or never will be: it comes again later. */
export class EventPrematureError extends Error {
  readonly code = "event-premature";

  constructor(photoId: string) {
    super(`photo '${photoId}' is not recorded yet`);
  }
}
