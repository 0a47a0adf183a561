import { useEffect, useState } from "preact/hooks";
import { readPhoto } from "../api/client.ts";
import { SignedOutError, messageOf } from "../api/failure.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { session } from "../state/page-state.ts";

/** A photo by its id: the one that the gallery knows, else asked for; `message` says what is instead of it. */
export function usePhoto(
  id: string,
  known: PhotoJson | undefined,
): { readonly photo: PhotoJson | undefined; readonly message: string } {
  const [read, setRead] = useState<PhotoJson | undefined>();
  const [message, setMessage] = useState("");
  const isKnown = known !== undefined;

  useEffect(() => {
    if (isKnown) return undefined;
    let isCurrent = true;
    setMessage("Loading…");
    readPhoto(id)
      .then((photo) => (isCurrent ? setRead(photo) : undefined))
      .catch((error: unknown) => {
        if (error instanceof SignedOutError) session.noteSignedOut();
        if (isCurrent) setMessage(messageOf(error));
      });
    return () => {
      isCurrent = false;
    };
  }, [id, isKnown]);

  return { photo: known ?? (read?.id === id ? read : undefined), message };
}
