import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { mediaAddress } from "../api/client.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { Icon } from "../parts/icon.tsx";
import { NoticeBar } from "../parts/notice-bar.tsx";
import { altTextOf, wordsWithoutPicture } from "../photo/photo-words.ts";
import { bringBack, moveToTrash, photos, trash } from "../state/page-state.ts";
import { closePhoto, openPhoto, route } from "../state/route.ts";
import { useStore } from "../state/use-store.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { PhotoDetails } from "./photo-details.tsx";
import { Stage } from "./stage.tsx";
import { usePhoto } from "./use-photo.ts";
import { ViewerBar } from "./viewer-bar.tsx";

/** How many photos before the end of what is known the next page is read. */
const readAhead = 8;

/** One photo in a dialog over the gallery; the browser keeps the focus inside and Escape closes. */
export function Viewer({ photoId }: { readonly photoId: string }): JSX.Element {
  const { isTrash } = useStore(route);
  const list = isTrash ? trash : photos;
  const { photos: known } = useStore(list.state);
  const [hasDetails, setHasDetails] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const lastId = useRef(photoId);
  const index = known.findIndex(({ id }) => id === photoId);
  const { photo, message } = usePhoto(photoId, known[index]);
  const without = photo === undefined ? undefined : wordsWithoutPicture(photo);
  const previous = index > 0 ? known[index - 1] : undefined;
  const next = index === -1 ? undefined : known[index + 1];

  // Before anything is painted: a key pressed at once must not reach the gallery behind.
  useLayoutEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    // Else the first button would have the focus, and a ring around it catch the eye instead of the photo.
    opened?.focus();
    document.documentElement.classList.add("is-viewing");
    return () => {
      document.documentElement.classList.remove("is-viewing");
      // Back to where one looked last, not to where the viewer was opened; what is behind an open dialog takes none.
      opened?.close();
      document.querySelector<HTMLElement>(`a[data-photo="${lastId.current}"]`)?.focus();
    };
  }, []);
  useLayoutEffect(() => {
    lastId.current = photoId;
  }, [photoId]);
  useEffect(() => {
    if (index !== -1 && index + readAhead >= known.length) void list.readMore();
    for (const neighbour of [next, previous]) {
      if (neighbour?.state === "ready") new Image().src = mediaAddress(neighbour, "preview");
    }
  }, [list, photoId, index, known.length, next, previous]);

  /** The photo goes from the list: to the next one. */
  const leave = (): void => {
    const neighbour = next ?? previous;
    if (neighbour === undefined) closePhoto();
    else openPhoto(neighbour.id);
  };
  const remove = (): void => {
    if (photo === undefined) return;
    if (photo.deleted_at !== null) {
      setIsAsking(true);
      return;
    }
    void moveToTrash(photo);
    leave();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") go(previous);
    else if (event.key === "ArrowRight") go(next);
    else if (event.key === "Delete") remove();
    else if (event.key === "i") setHasDetails(!hasDetails);
  };

  return (
    <dialog
      ref={dialog}
      class="viewer"
      tabIndex={-1}
      aria-label={photo === undefined ? "Photo" : altTextOf(photo)}
      onKeyDown={onKey}
      onCancel={(event) => {
        event.preventDefault();
        closePhoto();
      }}
    >
      <ViewerBar
        photo={photo}
        hasDetails={hasDetails}
        onDetails={() => setHasDetails(!hasDetails)}
        onRemove={remove}
        onBringBack={() => {
          if (photo !== undefined) void bringBack(photo).then((isBack) => (isBack ? leave() : undefined));
        }}
      />
      <div class="viewer-body">
        {photo === undefined ? (
          <output class="viewer-message">{message}</output>
        ) : without !== undefined ? (
          <output class="viewer-message">{without}</output>
        ) : (
          <Stage key={photo.id} photo={photo} onPrevious={() => go(previous)} onNext={() => go(next)} />
        )}
        {previous !== undefined && (
          <button
            type="button"
            class="round viewer-previous"
            aria-label="Previous photo"
            onClick={() => go(previous)}
          >
            <Icon name="previous" />
          </button>
        )}
        {next !== undefined && (
          <button type="button" class="round viewer-next" aria-label="Next photo" onClick={() => go(next)}>
            <Icon name="next" />
          </button>
        )}
        {hasDetails && photo !== undefined && <PhotoDetails photo={photo} />}
      </div>
      <NoticeBar />
      {isAsking && photo !== undefined && (
        <DeleteDialog photo={photo} onDeleted={leave} onClose={() => setIsAsking(false)} />
      )}
    </dialog>
  );
}

function go(neighbour: PhotoJson | undefined): void {
  if (neighbour !== undefined) openPhoto(neighbour.id);
}
