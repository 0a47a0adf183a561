import type { JSX } from "preact";
import { openGallery } from "../state/route.ts";
import { UploadButton } from "../upload/upload-button.tsx";
import { openHere } from "./open-here.ts";
import { ProfileMenu } from "./profile-menu.tsx";

export function Header(): JSX.Element {
  return (
    <header class="header">
      <a
        class="wordmark"
        href="/"
        aria-label="ImgStream, all photos"
        onClick={openHere(() => openGallery(false))}
      >
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <rect class="wordmark-ground" width="32" height="32" rx="8" />
          <circle class="wordmark-sun" cx="22" cy="10.5" r="3" />
          <path class="wordmark-hill" d="M4.5 25 12 14.5l5.2 6.8 3.1-3.6L27.5 25z" />
        </svg>
        <span>ImgStream</span>
      </a>
      <div class="header-actions">
        <UploadButton label="Upload" />
        <ProfileMenu />
      </div>
    </header>
  );
}
