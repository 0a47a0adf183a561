/** Something that whoever runs the service may want to know; nothing that a person would notice. */
export type Notice =
  /** A snapshot could not be read, and an older one or the log was taken. */
  | {
      readonly kind: "snapshot-skipped";
      readonly owner: string;
      readonly sequence: number;
      readonly error?: unknown;
    }
  /** A snapshot or a segment could not be made; it is tried again later. */
  | { readonly kind: "upkeep-failed"; readonly owner: string; readonly error: unknown }
  /** A view failed and was thrown away. */
  | { readonly kind: "view-discarded"; readonly owner: string; readonly error: unknown };

export type Notify = (notice: Notice) => void;
