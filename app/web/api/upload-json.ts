import { isObject } from "./photo-json.ts";

/** What the page uses of an upload in parts. */
export type OpenedUploadJson = OpenUploadJson | { readonly photo_id: string };

export interface OpenUploadJson {
  /** Null: its content is not here yet. */
  readonly photo_id: null;
  readonly id: string;
  /** Where the parts are sent; whoever has it may send. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunk_bytes: number;
  /** Bytes that have arrived. */
  readonly offset: number;
}

export function isOpenedUpload(value: unknown): value is OpenedUploadJson {
  if (!isObject(value)) return false;
  if (typeof value["photo_id"] === "string") return true;
  return (
    value["photo_id"] === null &&
    typeof value["id"] === "string" &&
    typeof value["address"] === "string" &&
    typeof value["chunk_bytes"] === "number" &&
    typeof value["offset"] === "number" &&
    isObject(value["headers"]) &&
    Object.values(value["headers"]).every((header) => typeof header === "string")
  );
}

export function isArrivedUpload(value: unknown): value is { readonly offset: number | null } {
  return isObject(value) && (value["offset"] === null || typeof value["offset"] === "number");
}
