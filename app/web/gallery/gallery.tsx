import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { photos } from "../state/page-state.ts";
import { useStore } from "../state/use-store.ts";
import { EmptyGallery } from "./empty-gallery.tsx";
import type { PhotoList } from "./photo-list.ts";
import { Tile } from "./tile.tsx";

/** All photos in rows, the newest first. */
export function Gallery(): JSX.Element {
  const { photos: shown, status } = useStore(photos.state);
  if (status === "complete" && shown.length === 0) return <EmptyGallery />;
  return (
    <>
      <h1 class="unseen">Your photos</h1>
      <Rows list={photos} />
    </>
  );
}

/** A list's photos in rows; reads on as the end comes near. */
export function Rows({ list }: { readonly list: PhotoList }): JSX.Element {
  const { photos: shown, status, message } = useStore(list.state);
  const end = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = end.current;
    if (element === null || status !== "idle") return undefined;
    // Watched anew after every page: an end that is still in sight counts again.
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void list.readMore();
      },
      { rootMargin: "1500px" },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [list, status, shown.length]);

  return (
    <>
      <ul class="grid" aria-busy={status === "loading"}>
        {shown.map((photo) => (
          <Tile key={photo.id} photo={photo} />
        ))}
        {status === "loading" && shown.length === 0 && waitingTiles}
      </ul>
      <div ref={end} class="grid-end">
        {status === "failed" && (
          <p role="alert">
            {message}{" "}
            <button type="button" class="button" onClick={() => void list.readMore()}>
              Try again
            </button>
          </p>
        )}
        {status === "loading" && shown.length > 0 && <p>Loading more…</p>}
      </div>
    </>
  );
}

/** Where the photos will be; about as wide as photos are. */
const waitingTiles = [1.5, 0.75, 1.33, 1.5, 1, 1.33, 0.75, 1.5].map((ratio, index) => (
  <li key={`waiting-${index}`} class="tile tile-waiting" style={{ "--ratio": String(ratio) }} />
));
