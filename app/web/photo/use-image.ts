import { useEffect, useState } from "preact/hooks";
import { session } from "../state/page-state.ts";

export interface ImageState {
  readonly state: "loading" | "loaded" | "failed";
  /** For `key`: another one makes the browser ask again. */
  readonly attempt: number;
  readonly onLoad: () => void;
  readonly onError: () => void;
}

/**
 * Watches an image. One that fails may mean that the session has ended, or only what admits to photos: a request of
 * ours tells, and renews the latter, so the image is asked for once more. After that it waits until the session goes
 * on or the network is back.
 */
export function useImage(): ImageState {
  const [state, setState] = useState<ImageState["state"]>("loading");
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (state !== "failed") return undefined;
    let isOver = false;
    if (attempt === 0) {
      void session.check().then(() => {
        if (!isOver && !session.state.value.isSignedOut) askAgain();
        return undefined;
      });
    } else void session.check();
    let wasSignedOut = session.state.value.isSignedOut;
    const askAgain = (): void => {
      setAttempt((before) => before + 1);
      setState("loading");
    };
    const unwatch = session.state.watch(({ isSignedOut }) => {
      if (wasSignedOut && !isSignedOut) askAgain();
      wasSignedOut = isSignedOut;
    });
    addEventListener("online", askAgain);
    return () => {
      isOver = true;
      unwatch();
      removeEventListener("online", askAgain);
    };
  }, [state, attempt]);

  return { state, attempt, onLoad: () => setState("loaded"), onError: () => setState("failed") };
}
