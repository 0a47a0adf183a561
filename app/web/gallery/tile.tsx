import { type JSX } from "preact";
import { useMemo } from "preact/hooks";
import { mediaAddress } from "../api/client.ts";
import type { PhotoJson } from "../api/photo-json.ts";
import { openHere } from "../parts/open-here.ts";
import { altTextOf, formatDay, wordsWithoutPicture } from "../photo/photo-words.ts";
import { placeholderImage } from "../photo/placeholder.ts";
import { useImage } from "../photo/use-image.ts";
import { addressOfPhoto, openPhoto } from "../state/route.ts";
import { moveFocus } from "./move-focus.ts";

/** Extreme panoramas and columns are cropped: one of them must not take a row for itself. */
const ratioRange = { least: 0.6, most: 2.4 } as const;

/** One photo of the gallery: a link, so that it opens in another tab as well. */
export function Tile({ photo }: { readonly photo: PhotoJson }): JSX.Element {
  const placeholder = useMemo(() => placeholderImage(photo.thumbhash), [photo.thumbhash]);
  const without = wordsWithoutPicture(photo);
  const ratio = Math.min(Math.max(photo.width / photo.height, ratioRange.least), ratioRange.most);
  return (
    <li class="tile" style={{ "--ratio": ratio.toFixed(4) }}>
      <a
        href={addressOfPhoto(photo.id)}
        data-photo={photo.id}
        style={placeholder === undefined ? {} : { backgroundImage: placeholder }}
        onKeyDown={moveFocus}
        onClick={openHere(() => openPhoto(photo.id))}
      >
        {without === undefined ? (
          <Picture photo={photo} />
        ) : (
          <span class="tile-words" data-state={photo.state}>
            <span class="unseen">{altTextOf(photo)}. </span>
            {without}
          </span>
        )}
        <span class="tile-day" aria-hidden="true">
          {formatDay(photo)}
        </span>
      </a>
    </li>
  );
}

function Picture({ photo }: { readonly photo: PhotoJson }): JSX.Element {
  const image = useImage();
  return (
    <img
      key={image.attempt}
      src={mediaAddress(photo, "thumbnail")}
      alt={altTextOf(photo)}
      width={photo.width}
      height={photo.height}
      loading="lazy"
      decoding="async"
      data-state={image.state}
      onLoad={image.onLoad}
      onError={image.onError}
    />
  );
}
