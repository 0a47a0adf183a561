import type { JSX } from "preact";
import { openHere } from "../parts/open-here.ts";
import { trash } from "../state/page-state.ts";
import { openGallery } from "../state/route.ts";
import { useStore } from "../state/use-store.ts";
import { Rows } from "./gallery.tsx";

/** What was moved to the trash; each can be brought back, or deleted for good. */
export function TrashGallery(): JSX.Element {
  const { photos: shown, status } = useStore(trash.state);
  const isEmpty = status === "complete" && shown.length === 0;
  return (
    <>
      <div class="trash-head">
        <h1>Trash</h1>
        <p>
          {isEmpty
            ? "Nothing is in the trash."
            : "Photos are deleted for good after thirty days here. Open one to bring it back, or to delete it now."}
        </p>
        <a class="button" href="/" onClick={openHere(() => openGallery(false))}>
          All photos
        </a>
      </div>
      {!isEmpty && <Rows list={trash} />}
    </>
  );
}
