import { isObject } from "../api/photo-json.ts";
import { Store } from "./store.ts";

export interface Route {
  /** The photo that is open, by the address `/p/{photo}`. */
  readonly photoId: string | undefined;
  /** The trash is shown, by the address `/trash`, or lies behind the photo that is open. */
  readonly isTrash: boolean;
}

export const trashAddress = "/trash";

const photoPath = /^\/p\/([0-9a-f-]{36})$/i;

/** What the address says is shown; changes with the browser's back and forward. */
export const route = new Store<Route>(readRoute());

/** Whether there is an entry of ours in the history to go back to. */
let cameFromGallery = false;

export function addressOfPhoto(id: string): string {
  return `/p/${id}`;
}

/** From the gallery a step forward in the history; from photo to photo none, so that one step back closes. */
export function openPhoto(id: string): void {
  const { photoId, isTrash } = route.value;
  // Kept in the history, so that the browser's back and forward find the same list behind it.
  if (photoId === undefined) {
    history.pushState({ isTrash }, "", addressOfPhoto(id));
    cameFromGallery = true;
  } else {
    history.replaceState({ isTrash }, "", addressOfPhoto(id));
  }
  route.set({ photoId: id, isTrash });
}

/** A step forward in the history, without leaving the page and what it uploads. */
export function openGallery(isTrash: boolean): void {
  history.pushState(null, "", isTrash ? trashAddress : "/");
  cameFromGallery = false;
  route.set({ photoId: undefined, isTrash });
}

export function closePhoto(): void {
  if (route.value.photoId === undefined) return;
  if (cameFromGallery) {
    history.back();
    return;
  }
  const { isTrash } = route.value;
  history.replaceState(null, "", isTrash ? trashAddress : "/");
  route.set({ photoId: undefined, isTrash });
}

addEventListener("popstate", () => {
  cameFromGallery = false;
  route.set(readRoute());
});

function readRoute(): Route {
  const state: unknown = history.state;
  const isBehind = isObject(state) && state["isTrash"] === true;
  return {
    photoId: photoPath.exec(location.pathname)?.[1],
    isTrash: location.pathname === trashAddress || isBehind,
  };
}
