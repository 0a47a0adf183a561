import type { JSX } from "preact";

const bin =
  "M4.5 7h15M9.5 7V5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v2M6.5 7l.8 11.6a1.5 1.5 0 0 0 1.5 1.4h6.4a1.5 1.5 0 0 0 1.5-1.4L17.5 7";

/** Strokes on a 24 × 24 field. */
const shapes = {
  upload:
    "M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M4.5 15.5v2.5a1.5 1.5 0 0 0 1.5 1.5h12a1.5 1.5 0 0 0 1.5-1.5v-2.5",
  close: "M6 6l12 12M18 6 6 18",
  previous: "M14.5 5.5 8 12l6.5 6.5",
  next: "M9.5 5.5 16 12l-6.5 6.5",
  trash: `${bin}M10.2 10.8v5.6M13.8 10.8v5.6`,
  restore: "M8.5 8.5H4.5v-4M4.8 8.2A8 8 0 1 1 4 12",
  delete: `${bin}M10 11l4 5M14 11l-4 5`,
  info: "M12 11v5.5M12 7.6v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  download: "M12 4.5v11m0 0 4.5-4.5M12 15.5 7.5 11M4.5 19.5h15",
  check: "M5 12.5l4.5 4.5L19 7.5",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 3.5v4h-4",
  collapse: "M5.5 9.5 12 16l6.5-6.5",
  expand: "M5.5 14.5 12 8l6.5 6.5",
} as const;

/** A picture that says nothing by itself: the button around it has the words. */
export function Icon({ name }: { readonly name: keyof typeof shapes }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
