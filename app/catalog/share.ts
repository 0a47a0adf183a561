/** Bounds of a person's shares; `title` in characters. */
export const shareLimits = {
  title: 200,
  photos: 500,
  /** Shares of one person that are open at once. */
  open: 100,
  lifetimeMilliseconds: 30 * 24 * 3600 * 1000,
} as const;

/** Photos shown to whoever has the address, as copies without metadata. Times are ISO 8601 in UTC. */
export interface Share {
  /** 128 random bits: it must not be guessed, and tells no time. */
  readonly id: string;
  readonly title: string | null;
  readonly createdDate: string;
  /** From then on it shows nothing. */
  readonly expiresDate: string;
  /** When its owner or the loss of its last photo ended it; null until then. */
  readonly endedDate: string | null;
  /** Photos that it shows. */
  readonly photoCount: number;
}

export interface NewShare {
  readonly id: string;
  readonly title: string | null;
  /** At most thirty days from now. */
  readonly expiresDate: string;
  /** In this order. None of them private, in the trash or without pictures. */
  readonly photoIds: readonly string[];
}

export interface ShownShare extends Share {
  /** In their order. */
  readonly photoIds: readonly string[];
}
