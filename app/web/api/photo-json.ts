/** What the page uses of a photo's record as the API sends it. */
export interface PhotoJson {
  readonly id: string;
  readonly title: string | null;
  readonly filename: string;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly width: number;
  readonly height: number;
  readonly private: boolean;
  readonly upload_date: string;
  readonly taken_at: string | null;
  readonly camera: string | null;
  readonly lens: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** `processing`: its pictures are being made; `failed`: they cannot be, and the original is kept; else `ready`. */
  readonly state: string;
  /** Base64 of a ThumbHash; empty while there are no pictures. */
  readonly thumbhash: string;
  /** When it went to the trash; null where it is not there. */
  readonly deleted_at: string | null;
  readonly storage_path: string;
  readonly preview_path: string;
  readonly thumbnail_path: string;
}

export interface PhotoListJson {
  readonly photos: readonly PhotoJson[];
  readonly next_cursor: string | null;
}

export interface PersonJson {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly storage_quota: number;
  readonly storage_used: number;
}

export function isPhoto(value: unknown): value is PhotoJson {
  return (
    isObject(value) &&
    typeof value["id"] === "string" &&
    typeof value["filename"] === "string" &&
    typeof value["width"] === "number" &&
    typeof value["height"] === "number" &&
    typeof value["state"] === "string" &&
    typeof value["thumbhash"] === "string" &&
    typeof value["storage_path"] === "string" &&
    typeof value["preview_path"] === "string" &&
    typeof value["thumbnail_path"] === "string"
  );
}

export function isPhotoList(value: unknown): value is PhotoListJson {
  return isObject(value) && Array.isArray(value["photos"]) && value["photos"].every(isPhoto);
}

export function isPerson(value: unknown): value is PersonJson {
  return (
    isObject(value) &&
    typeof value["id"] === "string" &&
    typeof value["email"] === "string" &&
    typeof value["storage_used"] === "number" &&
    typeof value["storage_quota"] === "number"
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
