/** An upload in parts: room is reserved for it until it is completed, given up or expired. */
export interface Upload {
  readonly id: string;
  /** As given; data, never part of a path. */
  readonly filename: string;
  readonly title: string | null;
  /** Null: the person's own setting decides when it is completed. */
  readonly private: boolean | null;
  /** As declared; what the file is, is decided by its content. */
  readonly contentType: string;
  /** As declared, and exactly so many are taken. */
  readonly sizeBytes: number;
  /** As declared: 64 hexadecimal digits. */
  readonly sha256: string;
  /** ISO 8601 in UTC. */
  readonly createdDate: string;
  /** When the reservation ends. */
  readonly expiresDate: string;
  readonly state: "open" | "completed";
  /** The photo that it became. */
  readonly photoId: string | null;
}

/** What the catalog itself decides is left out. */
export type NewUpload = Omit<Upload, "createdDate" | "expiresDate" | "state" | "photoId">;

/** How long room is reserved for an upload. */
export const reservationMilliseconds = 24 * 3600 * 1000;

/** Uploads of one person that may be open at once. */
export const mostOpenUploads = 100;
