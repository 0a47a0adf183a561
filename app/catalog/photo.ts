/**
 * What a person may write about a photo, in characters; `tags` counts them, and `device` is for the names of camera and
 * lens.
 */
export const photoTextLimits = { title: 200, description: 5000, tag: 60, tags: 50, device: 500 } as const;

/**
 * A photo's record. Times of the service are ISO 8601 in UTC (`2026-11-23T08:30:00.000Z`); the time of capture
 * is the camera's local time without a zone.
 */
export interface Photo {
  /** UUIDv7. */
  readonly id: string;
  readonly userId: string;
  readonly title: string | null;
  readonly description: string | null;
  /** The file's own name as given at upload; data, never part of a path. */
  readonly filename: string;
  /** Of the original, from its content. */
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Pixels as shown, after turning. */
  readonly width: number;
  readonly height: number;
  readonly tags: readonly string[];
  readonly private: boolean;
  readonly uploadDate: string;
  readonly updatedDate: string;
  readonly storagePath: string;
  readonly previewPath: string;
  readonly thumbnailPath: string;
  /** What else the camera wrote, for showing. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `2015-09-08T11:02:17`, local to the camera. */
  readonly takenAt: string | null;
  /** East of UTC; null where the camera does not say. */
  readonly takenOffsetMinutes: number | null;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly crc32c: string;
  readonly generation: string;
  /** EXIF orientation 1–8 of the original, already applied to width, height and derivatives. */
  readonly orientation: number;
  /** Degrees, WGS 84. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly camera: string | null;
  readonly lens: string | null;
  readonly favorite: boolean;
  /** When it went to the trash. */
  readonly deletedAt: string | null;
  /** Base64 of a ThumbHash. */
  readonly thumbhash: string;
  /**
   * `processing`: the original is safe, its pictures are being made. `failed`: they could not be made; the
   * original can be downloaded. `purging`: it is being deleted for good and is shown nowhere.
   */
  readonly state: "ready" | "processing" | "failed" | "purging";
  /** Version of the procedure that made the derivatives. */
  readonly derivation: number;
  /** Counts the changes of this record from 1; what `If-Match` compares. */
  readonly version: number;
}
