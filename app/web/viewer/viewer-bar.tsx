import type { JSX } from "preact";
import { mediaAddress } from "../api/client.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { Icon } from "../parts/icon.tsx";
import { formatDay } from "../photo/photo-words.ts";
import { closePhoto } from "../state/route.ts";

interface ViewerBarProps {
  /** Undefined while it is read. */
  readonly photo: PhotoJson | undefined;
  readonly hasDetails: boolean;
  readonly onDetails: () => void;
  /** To the trash, or out of it for good. */
  readonly onRemove: () => void;
  readonly onBringBack: () => void;
}

/** What can be done with the photo that is open. */
export function ViewerBar(props: ViewerBarProps): JSX.Element {
  const { photo, hasDetails, onDetails, onRemove, onBringBack } = props;
  const isInTrash = photo !== undefined && photo.deleted_at !== null;
  return (
    <div class="viewer-bar">
      <button type="button" class="round" aria-label="Close" onClick={closePhoto}>
        <Icon name="close" />
      </button>
      <p class="viewer-title">{photo === undefined ? "" : (photo.title ?? formatDay(photo))}</p>
      {photo !== undefined && (
        <>
          <button
            type="button"
            class="round"
            aria-label="Details"
            aria-expanded={hasDetails}
            onClick={onDetails}
          >
            <Icon name="info" />
          </button>
          <a
            class="round"
            aria-label="Download the original"
            href={mediaAddress(photo, "original")}
            download={photo.filename}
          >
            <Icon name="download" />
          </a>
          {isInTrash && (
            <button type="button" class="round" aria-label="Bring back" onClick={onBringBack}>
              <Icon name="restore" />
            </button>
          )}
          <button
            type="button"
            class="round"
            aria-label={isInTrash ? "Delete for good" : "Move to the trash"}
            aria-haspopup={isInTrash ? "dialog" : undefined}
            onClick={onRemove}
          >
            <Icon name={isInTrash ? "delete" : "trash"} />
          </button>
        </>
      )}
    </div>
  );
}
