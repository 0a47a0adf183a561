import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { queue } from "../state/page-state.ts";

/**
 * What the service decodes. With HEIC named, an iPhone hands over the original instead of a JPEG made of it; its
 * endings are there for systems that know no type for it.
 */
const acceptedTypes =
  "image/jpeg,image/png,image/webp,image/avif,image/gif,image/heic,image/heif,.heic,.heif";

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
