import type { JSX } from "preact";
import type { PhotoJson } from "../api/photo-json.ts";
import { formatBytes, formatTaken } from "../photo/photo-words.ts";

/** What is known of a photo; what is unknown is left out. */
export function PhotoDetails({ photo }: { readonly photo: PhotoJson }): JSX.Element {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Taken", photo.taken_at === null ? undefined : formatTaken(photo.taken_at)],
    ["Camera", photo.camera ?? undefined],
    ["Lens", photo.lens ?? undefined],
    ["Place", placeOf(photo)],
    ["File", photo.filename],
    ["Size", `${photo.width} × ${photo.height}, ${formatBytes(photo.size_bytes)}`],
    ["Uploaded", formatMoment(photo.upload_date)],
    ["In the trash since", photo.deleted_at === null ? undefined : formatMoment(photo.deleted_at)],
    ["Seen by", photo.private ? "only you" : "everyone who can sign in"],
  ];
  return (
    <section class="details" aria-label="Details">
      <dl>
        {rows.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

/** In the reader's own words and time. */
function formatMoment(moment: string): string {
  const form = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
  return form.format(new Date(moment));
}

/** `43.4671° N, 11.8851° E` */
function placeOf({ latitude, longitude }: PhotoJson): string | undefined {
  if (latitude === null || longitude === null) return undefined;
  const north = `${Math.abs(latitude).toFixed(4)}° ${latitude < 0 ? "S" : "N"}`;
  const east = `${Math.abs(longitude).toFixed(4)}° ${longitude < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}
