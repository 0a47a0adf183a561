import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { queue } from "../state/page-state.ts";

/** What the service decodes. HEIC is left out on purpose: an iPhone then hands over a JPEG instead. */
const acceptedTypes = "image/jpeg,image/png,image/webp,image/avif,image/gif";

export function UploadButton({ label }: { readonly label: string }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="button button-primary" onClick={() => input.current?.click()}>
        <Icon name="upload" />
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={acceptedTypes}
        onChange={({ currentTarget }) => {
          queue.add(currentTarget.files ?? []);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
