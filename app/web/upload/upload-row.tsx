import { Component, type JSX } from "preact";
import { mediaAddress } from "../api/client.ts";
import { Icon } from "../parts/icon.tsx";
import { openHere } from "../parts/open-here.ts";
import { formatBytes } from "../photo/photo-words.ts";
import { bringBack, queue } from "../state/page-state.ts";
import { addressOfPhoto, openPhoto } from "../state/route.ts";
import { type Upload, type UploadState, isUnfinished } from "./upload-queue.ts";

interface UploadRowProps {
  readonly upload: Upload;
}

/** Drawn anew only when its own upload has changed: of a thousand, one makes progress. */
export class UploadRow extends Component<UploadRowProps> {
  override shouldComponentUpdate({ upload }: Readonly<UploadRowProps>): boolean {
    return upload !== this.props.upload;
  }

  override render({ upload }: Readonly<UploadRowProps>): JSX.Element {
    return <Row upload={upload} />;
  }
}

function Row({ upload }: UploadRowProps): JSX.Element {
  const { id, file, state } = upload;
  const hasPhoto = state.kind === "done" || state.kind === "duplicate";
  const isInTrash = state.kind === "duplicate" && state.photo.deleted_at !== null;
  return (
    <li class="tray-row" data-state={state.kind}>
      <span class="tray-picture">
        {hasPhoto && state.photo.state === "ready" && (
          <img src={mediaAddress(state.photo, "thumbnail")} alt="" />
        )}
      </span>
      <span class="tray-words">
        <span class="tray-name">{file.name}</span>
        <span class="tray-state">{wordsOf(state, file)}</span>
        {state.kind === "sending" && (
          <progress
            aria-label={`Upload of ${file.name}`}
            max={1}
            {...(state.fraction < 1 && { value: state.fraction })}
          />
        )}
      </span>
      {isInTrash && (
        <button type="button" class="tray-link" onClick={() => void bringBack(state.photo)}>
          Bring back<span class="unseen"> {file.name}</span>
        </button>
      )}
      {hasPhoto && !isInTrash && (
        <a
          class="tray-link"
          href={addressOfPhoto(state.photo.id)}
          onClick={openHere(() => openPhoto(state.photo.id))}
        >
          Show<span class="unseen"> {file.name}</span>
        </a>
      )}
      {state.kind === "failed" && state.canRetry && (
        <button
          type="button"
          class="round"
          aria-label={`Try ${file.name} again`}
          onClick={() => queue.retry(id)}
        >
          <Icon name="retry" />
        </button>
      )}
      {!hasPhoto && (
        <button
          type="button"
          class="round"
          aria-label={`${isUnfinished(state) ? "Cancel" : "Remove"} ${file.name}`}
          onClick={() => queue.remove(id)}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

function wordsOf(state: UploadState, { size }: File): string {
  if (state.kind === "failed") return state.message;
  if (state.kind === "duplicate") {
    return state.photo.deleted_at === null ? "Is already here" : "Is already here, in the trash";
  }
  if (state.kind === "done" && state.photo.state === "processing") return "Uploaded, being prepared…";
  if (state.kind !== "sending") return settledWords[state.kind].replace("SIZE", formatBytes(size));
  return state.fraction < 1
    ? `${formatBytes(size * state.fraction)} of ${formatBytes(size)}`
    : "Nearly there…";
}

const settledWords = {
  waiting: "SIZE, waiting",
  retrying: "Trying again in a moment…",
  done: "Uploaded",
} as const;
