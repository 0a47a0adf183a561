import type { ActivityPage, ChangePage } from "./activity.ts";
import type { ShownAlbum } from "./album.ts";
import type { Photo } from "./photo.ts";
import type { PhotoFilter } from "./photo-filter.ts";
import type { Profile } from "./profile.ts";
import type { Facets, FacetQuery } from "./facets.ts";
import type { Reading } from "./reading.ts";
import type { PhotoColumns, PhotoColumnsQuery, Timeline, TimelineQuery } from "./timeline.ts";
import type { Share, ShownShare } from "./share.ts";
import type { Upload } from "./upload.ts";
import type { Usage } from "./usage.ts";

/**
 * What can be asked about a person's records. All but `everyPhoto` throw AccountClosedError once the account is
 * closed: nothing is readable then. Pages throw InvalidCursorError for a cursor of another list, and RangeError for a
 * limit out of bounds.
 */
export interface Questions {
  /** One photo, in the trash or not; undefined where this person has none of that id. */
  photo(userId: string, photoId: string, reading?: Reading): Promise<Photo | undefined>;

  /** The photo of exactly this content, in the trash or not; `sha256` is 64 hexadecimal digits. */
  photoOfContent(userId: string, sha256: string, reading?: Reading): Promise<Photo | undefined>;

  /** Newest first, by time of capture (of upload where unknown), then id. @throws InvalidFilterError */
  photos(userId: string, query: PhotoQuery): Promise<PhotoPage>;

  /** @throws InvalidFilterError */
  facets(userId: string, query: FacetQuery): Promise<Facets>;

  /** @throws InvalidFilterError */
  timeline(userId: string, query: TimelineQuery): Promise<Timeline>;

  /** As `photos`, of each photo only what its place in a grid needs. @throws InvalidFilterError */
  photoColumns(userId: string, query: PhotoColumnsQuery): Promise<PhotoColumns>;

  /** Every photo of the person in whatever state, in the order of their ids, for upkeep. */
  everyPhoto(userId: string, query: EveryPhotoQuery): Promise<readonly Photo[]>;

  /** An upload, open or completed, until some time after its reservation has ended. */
  upload(userId: string, uploadId: string, reading?: Reading): Promise<Upload | undefined>;

  /** Undefined while the person was never seen signing in. */
  profile(userId: string, reading?: Reading): Promise<Profile | undefined>;

  /** What the person's photos, trash and uploads under way take of their quota. */
  usage(userId: string, reading?: Reading): Promise<Usage>;

  /**
   * What happened to the catalog, from its first entry on; read from the log itself.
   *
   * @throws InvalidCursorError; DamagedLogError where an entry that is to be read is damaged or missing
   */
  activity(userId: string, query: PageQuery): Promise<ActivityPage>;

  /**
   * What happened since a token, a page of up to `limit` and the rest of the entry that fills it.
   *
   * @throws InvalidTokenError; ChangesTooOldError when it is less to read everything anew; DamagedLogError as above
   */
  changes(userId: string, query: ChangesQuery): Promise<ChangePage>;

  /** Those that were changed last come first. */
  albums(userId: string, query: PageQuery): Promise<AlbumPage>;

  album(userId: string, albumId: string, reading?: Reading): Promise<ShownAlbum | undefined>;

  /** What is not in the trash, in the album's order; nothing where there is no such album. */
  albumPhotos(userId: string, albumId: string, query: PageQuery): Promise<PhotoPage>;

  /** Open, expired and ended, the newest first. */
  shares(userId: string, query: PageQuery): Promise<SharePage>;

  share(userId: string, shareId: string, reading?: Reading): Promise<ShownShare | undefined>;
}

export interface EveryPhotoQuery {
  /** 1 to 1,000. */
  readonly limit: number;
  /** Begins after this id. */
  readonly after?: string;
}

export interface ChangesQuery {
  readonly after: string;
  /** 1 to 200. */
  readonly limit: number;
}

export interface PageQuery extends Reading {
  /** 1 to 200. @default 50 */
  readonly limit?: number;
  /** From the page before; opaque. */
  readonly cursor?: string;
}

export interface PhotoQuery extends PageQuery, PhotoFilter {}

export interface PhotoPage {
  readonly photos: readonly Photo[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface AlbumPage {
  readonly albums: readonly ShownAlbum[];
  readonly nextCursor: string | undefined;
}

export interface SharePage {
  readonly shares: readonly Share[];
  readonly nextCursor: string | undefined;
}
