import { Store } from "./store.ts";

export interface Route {
  /** The photo that is open, by the address `/p/{photo}`. */
  readonly photoId: string | undefined;
}

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
  if (route.value.photoId === undefined) {
    history.pushState(null, "", addressOfPhoto(id));
    cameFromGallery = true;
  } else {
    history.replaceState(null, "", addressOfPhoto(id));
  }
  route.set({ photoId: id });
}

export function closePhoto(): void {
  if (route.value.photoId === undefined) return;
  if (cameFromGallery) {
    history.back();
    return;
  }
  history.replaceState(null, "", "/");
  route.set({ photoId: undefined });
}

addEventListener("popstate", () => {
  cameFromGallery = false;
  route.set(readRoute());
});

function readRoute(): Route {
  return { photoId: photoPath.exec(location.pathname)?.[1] };
}
