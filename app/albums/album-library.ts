import type { AlbumEdit, NewAlbum, ShownAlbum } from "../catalog/album.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { AlbumCommand } from "../catalog/command.ts";
import { AlbumNotFoundError } from "../catalog/person/album-errors.ts";
import type { AlbumPage, PageQuery, PhotoPage } from "../catalog/questions.ts";
import { keyedId } from "../keyed-id.ts";

/**
 * A person's albums. Whatever is not this person's is not found, in the same words as what does not exist: every method
 * that names an album throws AlbumNotFoundError then.
 */
export interface AlbumLibrary {
  list(userId: string, query: PageQuery): Promise<AlbumPage>;

  get(userId: string, albumId: string): Promise<ShownAlbum>;

  /** What is not in the trash, in the album's order. */
  photos(userId: string, albumId: string, query: PageQuery): Promise<PhotoPage>;

  /** @throws PhotoNotFoundError, PhotoInTrashError, TooManyAlbumsError, InvalidCommandError */
  create(userId: string, album: Omit<NewAlbum, "id">, idempotencyKey: string): Promise<ShownAlbum>;

  /**
   * @throws AlbumChangedError when it is not the expected version; PhotoNotInAlbumError for a cover that is not in it;
   *   InvalidCommandError
   */
  edit(userId: string, albumId: string, edit: AlbumEdit, options: AlbumEditOptions): Promise<ShownAlbum>;

  /** At the end, in this order. @throws PhotoNotFoundError, PhotoInTrashError, AlbumFullError, InvalidCommandError */
  add(
    userId: string,
    albumId: string,
    photoIds: readonly string[],
    idempotencyKey: string,
  ): Promise<ShownAlbum>;

  /** What is not in it is no error. */
  remove(
    userId: string,
    albumId: string,
    photoIds: readonly string[],
    idempotencyKey: string,
  ): Promise<ShownAlbum>;

  /** Before a photo of the album, or to the end. @throws PhotoNotInAlbumError, InvalidCommandError */
  move(userId: string, albumId: string, moving: Moving, idempotencyKey: string): Promise<ShownAlbum>;

  /** The photos stay. */
  delete(userId: string, albumId: string, idempotencyKey: string): Promise<void>;
}

export interface AlbumEditOptions {
  /** @default whatever version it is */
  readonly expectedVersion?: number;
  readonly idempotencyKey: string;
}

export interface Moving {
  /** In the order that they are to have. */
  readonly photoIds: readonly string[];
  /** Null: the end. */
  readonly before: string | null;
}

export function createAlbumLibrary({ catalog }: { readonly catalog: Catalog }): AlbumLibrary {
  async function get(userId: string, albumId: string): Promise<ShownAlbum> {
    const album = await catalog.album(userId, albumId);
    if (album === undefined) throw new AlbumNotFoundError(albumId);
    return album;
  }

  /** What is shown of it depends on the trash, which only the view knows: it is read as the change left it or later. */
  async function change(
    userId: string,
    albumId: string,
    command: AlbumCommand,
    idempotencyKey: string,
  ): Promise<ShownAlbum> {
    const { token } = await catalog.execute(userId, command, { idempotencyKey });
    const album = await catalog.album(userId, albumId, { after: token });
    if (album === undefined) throw new AlbumNotFoundError(albumId);
    return album;
  }

  return {
    list: (userId, query) => catalog.albums(userId, query),
    get,

    async photos(userId, albumId, query) {
      await get(userId, albumId);
      return await catalog.albumPhotos(userId, albumId, query);
    },

    create(userId, album, idempotencyKey) {
      const id = keyedId("album", userId, idempotencyKey);
      return change(userId, id, { kind: "create-album", album: { id, ...album } }, idempotencyKey);
    },

    edit(userId, albumId, edit, { idempotencyKey, ...expected }) {
      return change(userId, albumId, { kind: "edit-album", albumId, edit, ...expected }, idempotencyKey);
    },

    add: (userId, albumId, photoIds, idempotencyKey) =>
      change(userId, albumId, { kind: "add-to-album", albumId, photoIds }, idempotencyKey),

    remove: (userId, albumId, photoIds, idempotencyKey) =>
      change(userId, albumId, { kind: "remove-from-album", albumId, photoIds }, idempotencyKey),

    move: (userId, albumId, moving, idempotencyKey) =>
      change(userId, albumId, { kind: "move-in-album", albumId, ...moving }, idempotencyKey),

    async delete(userId, albumId, idempotencyKey) {
      await catalog.execute(userId, { kind: "delete-album", albumId }, { idempotencyKey });
    },
  };
}
