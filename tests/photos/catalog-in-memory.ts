import type { Catalog, Command, Receipt } from "../../app/catalog/catalog.ts";
import type { Photo } from "../../app/catalog/photo.ts";

export interface MemoryCatalog extends Catalog {
  readonly all: Map<string, Photo>;
  /** Called before a command takes effect; throwing refuses it. */
  before: (command: Command) => void;
  /** Called after a command has taken effect; throwing is a success whose answer is lost. */
  after: (command: Command) => void;
}

function order(photo: Photo): string {
  return `${photo.takenAt ?? photo.uploadDate}/${photo.id}`;
}

export class TestRefusal extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A catalog without durability, for tests of what stands on one. */
export function createMemoryCatalog(): MemoryCatalog {
  const all = new Map<string, Photo>();
  let sequence = 0;
  const mine = (userId: string) => [...all.values()].filter((photo) => photo.userId === userId);
  const catalog: MemoryCatalog = {
    all,
    before: () => {},
    after: () => {},
    async execute(userId, command): Promise<Receipt> {
      // Seen by the server at a person's first request, whatever that is about.
      if (command.kind === "see-sign-in") return { token: `${userId}.0`, sequence: 0, photo: undefined };
      catalog.before(command);
      const photo = apply(userId, command);
      catalog.after(command);
      sequence++;
      return { token: `${userId}.${sequence}`, sequence, photo };
    },
    async photo(userId, photoId) {
      const photo = all.get(photoId);
      return photo?.userId === userId ? photo : undefined;
    },
    async photoOfContent(userId, sha256) {
      return mine(userId).find((photo) => photo.sha256 === sha256);
    },
    async photos(userId, { limit = 50, cursor, trashed = false }) {
      const photos = mine(userId)
        .filter(({ deletedAt }) => (deletedAt !== null) === trashed)
        .toSorted((one, other) => (order(one) < order(other) ? 1 : -1))
        .filter((photo) => cursor === undefined || order(photo) < cursor);
      const page = photos.slice(0, limit);
      const last = page.at(-1);
      return { photos: page, nextCursor: photos.length > limit && last ? order(last) : undefined };
    },
    profile: async () => undefined,
    close: async () => {},
  };
  return catalog;

  function apply(userId: string, command: Exclude<Command, { kind: "see-sign-in" }>): Photo | undefined {
    const now = new Date().toISOString();
    if (command.kind === "add-photo") {
      if (mine(userId).some(({ sha256 }) => sha256 === command.photo.sha256))
        throw new TestRefusal("photo-exists");
      const photo: Photo = {
        private: true,
        ...command.photo,
        userId,
        uploadDate: now,
        updatedDate: now,
        deletedAt: null,
        favorite: false,
        version: 1,
      };
      all.set(photo.id, photo);
      return photo;
    }
    const before = all.get(command.photoId);
    if (before === undefined) throw new TestRefusal("photo-not-found");
    const after = {
      ...before,
      deletedAt: command.kind === "trash-photo" ? now : null,
      version: before.version + 1,
    };
    all.set(after.id, after);
    return after;
  }
}
