/** Bounds of a person's albums; `title` and `description` in characters. */
export const albumLimits = {
  title: 200,
  description: 5000,
  /** Albums of one person. */
  albums: 1000,
  /** Photos in one album, the ones in the trash included. */
  photos: 10_000,
  /** Photos that one command names. */
  photosAtOnce: 1000,
  /** Colleagues whom one album is shown to. */
  sharedWith: 100,
} as const;

/** Photos in an order of the owner's. A photo may be in any number of albums; times are ISO 8601 in UTC. */
export interface Album {
  /** A UUID. */
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  /** Null, or a photo in the trash: the first that is shown stands for it. */
  readonly coverPhotoId: string | null;
  /** Ids of the colleagues who see what is in it, private photos too. */
  readonly sharedWith: readonly string[];
  readonly createdDate: string;
  /** Of the last change of the album or of what is in it. */
  readonly updatedDate: string;
  /** Counts the edits from 1; what `If-Match` compares. Photos that come and go do not count. */
  readonly version: number;
  /** The ones in the trash included. */
  readonly photoCount: number;
}

export interface NewAlbum {
  readonly id: string;
  readonly title: string;
  readonly description?: string | null;
  /** In this order. @default none */
  readonly photoIds?: readonly string[];
}

/** What is left out stays as it is. Text is trimmed; a title is never empty. */
export type AlbumEdit = Partial<Pick<Album, "title" | "description" | "coverPhotoId" | "sharedWith">>;

/** An album as it is shown. */
export interface ShownAlbum extends Album {
  /** Photos that are not in the trash. */
  readonly shownCount: number;
  /** Its cover, else the first photo; null where nothing is shown. */
  readonly shownCoverId: string | null;
}
