import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { queue, session } from "../state/page-state.ts";
import { useStore } from "../state/use-store.ts";
import { type Upload, isUnfinished } from "./upload-queue.ts";
import { UploadRow } from "./upload-row.tsx";

/** How long a tray in which everything went well stays. */
const restMilliseconds = 8000;

/** What is being uploaded and what became of it; not there while there is nothing to say. */
export function UploadTray(): JSX.Element | null {
  const uploads = useStore(queue.uploads);
  const [isFolded, setIsFolded] = useState(false);
  const unfinished = uploads.filter(({ state }) => isUnfinished(state)).length;
  const isAllWell = uploads.length > 0 && uploads.every(({ state }) => state.kind === "done");

  useEffect(() => {
    if (unfinished === 0 && uploads.length > 0) void session.read();
    if (!isAllWell) return undefined;
    const timer = setTimeout(() => queue.clearFinished(), restMilliseconds);
    return () => clearTimeout(timer);
  }, [isAllWell, unfinished, uploads.length]);

  return (
    <>
      <output class="unseen">{unfinished === 0 ? summaryOf(uploads) : ""}</output>
      {uploads.length > 0 && (
        <section class="tray" aria-label="Uploads">
          <div class="tray-head">
            <h2>
              {unfinished > 0
                ? `Uploading ${uploads.length - unfinished + 1} of ${uploads.length}`
                : summaryOf(uploads)}
            </h2>
            <button
              type="button"
              class="round"
              aria-expanded={!isFolded}
              aria-label={isFolded ? "Show the list" : "Hide the list"}
              onClick={() => setIsFolded(!isFolded)}
            >
              <Icon name={isFolded ? "expand" : "collapse"} />
            </button>
            {unfinished === 0 && (
              <button type="button" class="round" aria-label="Close" onClick={() => queue.clearFinished()}>
                <Icon name="close" />
              </button>
            )}
          </div>
          {unfinished > 0 && (
            <progress class="tray-progress" aria-label="All uploads" max={1} value={progressOf(uploads)} />
          )}
          {!isFolded && (
            <ul class="tray-list">
              {uploads.map((upload) => (
                <UploadRow key={upload.id} upload={upload} />
              ))}
            </ul>
          )}
        </section>
      )}
    </>
  );
}

function summaryOf(uploads: readonly Upload[]): string {
  const count = (kind: Upload["state"]["kind"]): number =>
    uploads.filter(({ state }) => state.kind === kind).length;
  const done = count("done");
  const duplicates = count("duplicate");
  const failed = count("failed");
  return [
    done > 0 && (done === 1 ? "1 photo uploaded" : `${done} photos uploaded`),
    duplicates > 0 && `${duplicates} already here`,
    failed > 0 && `${failed} not uploaded`,
  ]
    .filter((part) => part !== false)
    .join(", ");
}

/** By size: a large photo counts for more. */
function progressOf(uploads: readonly Upload[]): number {
  let sent = 0;
  let total = 0;
  for (const { file, state } of uploads) {
    total += file.size;
    if (state.kind === "sending") sent += file.size * state.fraction;
    else if (!isUnfinished(state)) sent += file.size;
  }
  return total === 0 ? 0 : sent / total;
}
