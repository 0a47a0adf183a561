import type { JSX } from "preact";
import { UploadButton } from "../upload/upload-button.tsx";

export function EmptyGallery(): JSX.Element {
  return (
    <div class="empty">
      <svg viewBox="0 0 160 112" aria-hidden="true" focusable="false">
        <rect class="empty-back" x="34" y="6" width="104" height="76" rx="8" transform="rotate(6 86 44)" />
        <rect class="empty-front" x="18" y="22" width="108" height="80" rx="8" />
        <circle class="empty-sun" cx="100" cy="44" r="8" />
        <path class="empty-hill" d="M26 94l28-36 20 25 12-13 32 24z" />
      </svg>
      <h1>Your photos will be here</h1>
      <p>Drop them anywhere on this page, or choose some from this device. Only you can see them.</p>
      <UploadButton label="Choose photos" />
    </div>
  );
}
