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
 * Watches an image. One that fails may mean that the session has ended, which only a request of ours can tell; it
 * is asked for again once the session goes on or the network is back.
 */
export function useImage(): ImageState {
  const [state, setState] = useState<ImageState["state"]>("loading");
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (state !== "failed") return undefined;
    void session.check();
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
      unwatch();
      removeEventListener("online", askAgain);
    };
  }, [state]);

  return { state, attempt, onLoad: () => setState("loaded"), onError: () => setState("failed") };
}
