import { RefusalError } from "../protocol/model.ts";

export class AlbumNotFoundError extends RefusalError {
  readonly code = "album-not-found";
  readonly albumId: string;

  constructor(albumId: string) {
    super(`no album '${albumId}' in this catalog`);
    this.albumId = albumId;
  }
}

export class AlbumExistsError extends RefusalError {
  readonly code = "album-exists";
  readonly albumId: string;

  constructor(albumId: string) {
    super(`album '${albumId}' is in this catalog already: give the new one another id`);
    this.albumId = albumId;
  }
}

/** The album was edited since whoever edits it has read it. */
export class AlbumChangedError extends RefusalError {
  readonly code = "album-changed";
  readonly albumId: string;
  readonly expectedVersion: number;
  readonly version: number;

  constructor(albumId: string, expectedVersion: number, version: number) {
    super(
      `album '${albumId}' is at version ${version} and the edit was made on version ${expectedVersion}: ` +
        `read it again, then repeat the edit on what it is now`,
    );
    this.albumId = albumId;
    this.expectedVersion = expectedVersion;
    this.version = version;
  }
}

export class TooManyAlbumsError extends RefusalError {
  readonly code = "too-many-albums";
  readonly limit: number;

  constructor(limit: number) {
    super(`there are ${limit} albums already, and no more are kept: delete some before making more`);
    this.limit = limit;
  }
}

export class AlbumFullError extends RefusalError {
  readonly code = "album-full";
  readonly albumId: string;
  readonly limit: number;

  constructor(albumId: string, photoCount: number, added: number, limit: number) {
    super(
      `album '${albumId}' has ${photoCount} photos and takes ${limit}: ${added} more do not fit; begin another album`,
    );
    this.albumId = albumId;
    this.limit = limit;
  }
}

/** Its place in the album, or the place before it, was asked for. */
export class PhotoNotInAlbumError extends RefusalError {
  readonly code = "photo-not-in-album";
  readonly albumId: string;
  readonly photoId: string;

  constructor(albumId: string, photoId: string) {
    super(`photo '${photoId}' is not in album '${albumId}': add it first`);
    this.albumId = albumId;
    this.photoId = photoId;
  }
}
