import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { useStore } from "../state/use-store.ts";
import type { InterruptedUploads } from "./interrupted-uploads.ts";

interface InterruptedNoticeProps {
  readonly uploads: Pick<InterruptedUploads, "count" | "look" | "dismiss">;
}

/** The service keeps a place for a day: it ends while the page is looked at. */
const lookAgainMilliseconds = 60_000;

/** Says what a page that was left had not finished; not there where there is nothing to say. */
export function InterruptedNotice({ uploads }: InterruptedNoticeProps): JSX.Element {
  const count = useStore(uploads.count);
  const isShown = count > 0;

  useEffect(() => {
    if (!isShown) return undefined;
    const timer = setInterval(() => uploads.look(), lookAgainMilliseconds);
    return () => clearInterval(timer);
  }, [isShown, uploads]);

  return (
    <div class="interrupted" data-shown={isShown}>
      <output>{isShown && wordsOf(count)}</output>
      {isShown && (
        <button type="button" class="round" aria-label="Dismiss" onClick={() => uploads.dismiss()}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

function wordsOf(count: number): string {
  return count === 1
    ? "1 upload was interrupted when this page was closed. Choose the same file again: what was sent is not sent twice."
    : `${count} uploads were interrupted when this page was closed. Choose the same files again: what was sent is not sent twice.`;
}
