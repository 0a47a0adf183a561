import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { notice } from "../state/page-state.ts";
import { useStore } from "../state/use-store.ts";
import { Icon } from "./icon.tsx";

/** Long enough to read and to reach, and longer while the pointer or the focus is on it. */
const shownMilliseconds = 10_000;

export function NoticeBar(): JSX.Element {
  const shown = useStore(notice);
  const [isHeld, setIsHeld] = useState(false);

  useEffect(() => {
    if (shown === undefined || isHeld) return undefined;
    const timer = setTimeout(() => notice.set(undefined), shownMilliseconds);
    return () => clearTimeout(timer);
  }, [shown, isHeld]);
  useEffect(() => setIsHeld(false), [shown]);

  return (
    <output
      class="notice"
      data-shown={shown !== undefined}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocusIn={() => setIsHeld(true)}
      onFocusOut={() => setIsHeld(false)}
    >
      {shown !== undefined && (
        <>
          <span>{shown.text}</span>
          {shown.action !== undefined && (
            <button type="button" class="notice-action" onClick={shown.action.run}>
              {shown.action.label}
            </button>
          )}
          <button type="button" class="notice-close" aria-label="Close" onClick={() => notice.set(undefined)}>
            <Icon name="close" />
          </button>
        </>
      )}
    </output>
  );
}
