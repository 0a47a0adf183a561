import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PhotoJson } from "../api/photo-json.ts";
import { deleteForGood } from "../state/page-state.ts";

interface DeleteDialogProps {
  readonly photo: PhotoJson;
  /** Called when the photo is gone. */
  readonly onDeleted: () => void;
  /** Called when the dialog is not wanted any more, whatever became of the photo. */
  readonly onClose: () => void;
}

/** Asks before a photo is deleted for good; what the browser focuses first is the way back. */
export function DeleteDialog({ photo, onDeleted, onClose }: DeleteDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isDeleting, setIsDeleting] = useState(false);

  useLayoutEffect(() => {
    const opened = dialog.current;
    const before = document.activeElement;
    opened?.showModal();
    return () => {
      opened?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const confirm = async (): Promise<void> => {
    setIsDeleting(true);
    const isGone = await deleteForGood(photo);
    onClose();
    if (isGone) onDeleted();
  };

  return (
    <dialog
      ref={dialog}
      class="question"
      role="alertdialog"
      aria-labelledby="delete-title"
      aria-describedby="delete-words"
      // What is pressed here is not meant for the photo behind it.
      onKeyDown={(event) => event.stopPropagation()}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (!isDeleting) onClose();
      }}
    >
      <h2 id="delete-title">Delete this photo for good?</h2>
      <p id="delete-words">“{photo.title ?? photo.filename}” cannot be brought back afterwards.</p>
      <div class="question-answers">
        <button type="button" class="button" disabled={isDeleting} onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          class="button button-danger"
          disabled={isDeleting}
          aria-busy={isDeleting}
          onClick={() => void confirm()}
        >
          {isDeleting ? "Deleting…" : "Delete for good"}
        </button>
      </div>
    </dialog>
  );
}
