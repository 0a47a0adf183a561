import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { mediaAddress } from "../api/client.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { altTextOf } from "../photo/photo-words.ts";
import { useImage } from "../photo/use-image.ts";
import { placeholderImage } from "../photo/placeholder.ts";

interface StageProps {
  readonly photo: PhotoJson;
  readonly onPrevious: () => void;
  readonly onNext: () => void;
}

/** How far a finger moves sideways, in CSS pixels, before it means another photo. */
const swipeDistance = 48;

/** The photo as large as the window allows: its blurred placeholder, then the thumbnail, then the preview. */
export function Stage({ photo, onPrevious, onNext }: StageProps): JSX.Element {
  const image = useImage();
  const start = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined);
  const background = useMemo(() => {
    const thumbnail = `url("${mediaAddress(photo, "thumbnail")}")`;
    return [thumbnail, placeholderImage(photo.thumbhash)].filter((layer) => layer !== undefined).join(", ");
  }, [photo]);

  return (
    <div
      class="stage"
      onPointerDown={({ pointerType, isPrimary, clientX, clientY }) => {
        start.current = pointerType === "touch" && isPrimary ? { x: clientX, y: clientY } : undefined;
      }}
      onPointerCancel={() => (start.current = undefined)}
      onPointerUp={({ clientX, clientY }) => {
        const { x, y } = start.current ?? { x: clientX, y: clientY };
        start.current = undefined;
        // Zoomed in by pinching, a finger moves the view.
        if (Math.abs(clientX - x) < swipeDistance || Math.abs(clientY - y) > Math.abs(clientX - x)) return;
        if ((window.visualViewport?.scale ?? 1) > 1.05) return;
        if (clientX < x) onNext();
        else onPrevious();
      }}
    >
      {image.state === "failed" ? (
        <p class="viewer-message" role="alert">
          This photo cannot be shown just now.
        </p>
      ) : (
        <img
          key={image.attempt}
          class="stage-photo"
          src={mediaAddress(photo, "preview")}
          alt={altTextOf(photo)}
          width={photo.width}
          height={photo.height}
          draggable={false}
          style={{
            "--ratio": String(photo.width / photo.height),
            "--width": `${photo.width}px`,
            ...(image.state !== "loaded" && { backgroundImage: background }),
          }}
          onLoad={image.onLoad}
          onError={image.onError}
        />
      )}
    </div>
  );
}
