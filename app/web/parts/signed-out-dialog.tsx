import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { queue, session } from "../state/page-state.ts";
import { useStore } from "../state/use-store.ts";
import { isUnfinished } from "../upload/upload-queue.ts";

/** The session has ended: offers to sign in again in a window of its own, while this page keeps all it has. */
export function SignedOutDialog(): JSX.Element {
  const { isSignedOut } = useStore(session.state);
  const waiting = useStore(queue.uploads).filter(({ state }) => isUnfinished(state)).length;
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (isSignedOut) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isSignedOut]);

  return (
    <dialog
      ref={dialog}
      class="signed-out"
      aria-labelledby="signed-out-title"
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id="signed-out-title">Your session has ended</h2>
      <p>
        Sign in again to go on.{" "}
        {waiting > 0 &&
          (waiting === 1
            ? "The upload that is left waits here."
            : `The ${waiting} uploads that are left wait here.`)}
      </p>
      <button type="button" class="button button-primary" onClick={() => session.signInAgain()}>
        Sign in again
      </button>
    </dialog>
  );
}
