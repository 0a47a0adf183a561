import {
  deletePhotoForGood,
  listPhotos,
  listTrash,
  readPhoto,
  restorePhoto,
  trashPhoto,
} from "../api/client.ts";
import { SignedOutError, messageOf } from "../api/failure.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { wait } from "../api/wait.ts";
import { PhotoList } from "../gallery/photo-list.ts";
import { InterruptedUploads } from "../upload/interrupted-uploads.ts";
import { KeptKeys } from "../upload/kept-keys.ts";
import { sendFile } from "../upload/send-file.ts";
import { UploadQueue, isUnfinished } from "../upload/upload-queue.ts";
import { ProcessingWatch } from "./processing-watch.ts";
import { route } from "./route.ts";
import { Session } from "./session.ts";
import { Store } from "./store.ts";

/** A line at the edge of the page that goes by itself. */
export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** As the service has it. */
const maximumUploadBytes = 200 * 1024 * 1024;

export const session = new Session();
export const notice = new Store<Notice | undefined>(undefined);
export const photos = new PhotoList({ list: listPhotos, onSignedOut: () => session.noteSignedOut() });
export const trash = new PhotoList({ list: listTrash, onSignedOut: () => session.noteSignedOut() });
const keys = new KeptKeys({ storage: () => localStorage, locks: navigator.locks, now: Date.now });
export const interrupted = new InterruptedUploads(keys);
const partsService = {
  keys,
  personId: () => session.personId(),
};
export const queue = new UploadQueue({
  send: (file, options) => sendFile(file, options, partsService),
  wait,
  onAdded: (photo) => photos.add(photo),
  onSignedOut: () => session.noteSignedOut(),
  maximumBytes: maximumUploadBytes,
});

queue.uploads.watch(() => interrupted.look());
// Another tab has finished one.
addEventListener("storage", () => interrupted.look());
session.state.watch(({ person }) => {
  if (person !== undefined) void interrupted.find(person.id);
});

const processing = new ProcessingWatch({
  read: readPhoto,
  wait,
  onSettled: (photo) => {
    if (photo.deleted_at === null) photos.add(photo);
    queue.noteSettled(photo);
  },
});
photos.state.watch((state) => processing.look(state.photos));

session.onResumed = () => {
  queue.resume();
  void photos.readMore();
  if (route.value.isTrash) void trash.readMore();
};

/** Moves a photo to the trash at once in what is seen; a fault brings it back and says so. */
export async function moveToTrash(photo: PhotoJson): Promise<void> {
  photos.remove(photo.id);
  try {
    await trashPhoto(photo.id);
    // Uploading the same file meanwhile may have shown it again.
    photos.remove(photo.id);
    trash.add({ ...photo, deleted_at: new Date().toISOString() });
    notice.set({
      text: "Moved to the trash",
      action: { label: "Undo", run: () => void bringBack(photo) },
    });
    void session.read();
  } catch (error) {
    photos.add(photo);
    tell(error);
  }
}

/** Takes a photo out of the trash. @returns whether it is back */
export async function bringBack(photo: PhotoJson): Promise<boolean> {
  notice.set(undefined);
  try {
    await restorePhoto(photo.id);
    trash.remove(photo.id);
    photos.add({ ...photo, deleted_at: null });
    queue.noteRestored(photo);
    notice.set({ text: "Brought back" });
    return true;
  } catch (error) {
    tell(error);
    return false;
  }
}

/** Deletes a photo that is in the trash, once the person has confirmed it. @returns whether it is gone */
export async function deleteForGood(photo: PhotoJson): Promise<boolean> {
  try {
    await deletePhotoForGood(photo.id);
  } catch (error) {
    tell(error);
    return false;
  }
  trash.remove(photo.id);
  queue.noteDeleted(photo.id);
  notice.set({ text: "Deleted for good" });
  return true;
}

function tell(error: unknown): void {
  if (error instanceof SignedOutError) session.noteSignedOut();
  notice.set({ text: messageOf(error) });
}

/** Leaving the page ends what is not uploaded yet, and the files must be chosen again: the browser asks first. */
addEventListener("beforeunload", (event) => {
  if (queue.uploads.value.some(({ state }) => isUnfinished(state))) event.preventDefault();
});
