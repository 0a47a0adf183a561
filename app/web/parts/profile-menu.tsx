import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatBytes } from "../photo/photo-words.ts";
import { session } from "../state/page-state.ts";
import { openGallery, trashAddress } from "../state/route.ts";
import { signOutAddress } from "../state/session.ts";
import { useStore } from "../state/use-store.ts";
import { openHere } from "./open-here.ts";

/** Who is signed in, how much room is used, and the way out. */
export function ProfileMenu(): JSX.Element | null {
  const { person } = useStore(session.state);
  const [isOpen, setIsOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    void session.read();
    const closeOutside = ({ target }: Event): void => {
      if (target instanceof Node && whole.current?.contains(target) !== true) setIsOpen(false);
    };
    const closeByKey = ({ key }: KeyboardEvent): void => {
      if (key !== "Escape") return;
      setIsOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    document.addEventListener("keydown", closeByKey);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
      document.removeEventListener("keydown", closeByKey);
    };
  }, [isOpen]);

  if (person === undefined) return <div class="avatar avatar-unknown" />;
  const { email, name, storage_used: used, storage_quota: quota } = person;
  return (
    <div class="profile" ref={whole}>
      <button
        ref={button}
        type="button"
        class="avatar"
        aria-expanded={isOpen}
        aria-controls="profile-menu"
        aria-label={`Profile of ${email}`}
        data-initials={initialsOf(name ?? email)}
        onClick={() => setIsOpen(!isOpen)}
      />
      {isOpen && (
        <div class="menu" id="profile-menu">
          <p class="menu-name">{name ?? email}</p>
          {name !== null && <p class="menu-mail">{email}</p>}
          <label class="menu-room">
            <meter min={0} max={quota} high={quota * 0.9} value={used} />
            <span>
              {formatBytes(used)} of {formatBytes(quota)} used
            </span>
          </label>
          <a
            class="menu-action"
            href={trashAddress}
            onClick={openHere(() => {
              setIsOpen(false);
              openGallery(true);
            })}
          >
            Trash
          </a>
          <a class="menu-action" href={signOutAddress}>
            Sign out
          </a>
        </div>
      )}
    </div>
  );
}

/** `AB` of Anna Berg and of anna.berg@example.com. */
function initialsOf(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[\s._-]+/).filter((word) => word !== "");
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => String.fromCodePoint(word?.codePointAt(0) ?? 32))
    .join("")
    .trim()
    .toUpperCase();
}
