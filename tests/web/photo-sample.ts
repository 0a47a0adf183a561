import type { PhotoJson } from "../../app/web/api/photo-json.ts";

export function samplePhoto(given: Partial<PhotoJson> = {}): PhotoJson {
  return {
    id: "019a0000-0000-7000-8000-000000000001",
    title: null,
    filename: "beach.jpg",
    content_type: "image/jpeg",
    size_bytes: 1000,
    width: 400,
    height: 300,
    private: true,
    upload_date: "2026-11-23T08:30:00.000Z",
    taken_at: null,
    camera: null,
    lens: null,
    latitude: null,
    longitude: null,
    deleted_at: null,
    storage_path: "photos/anna/019a0000-0000-7000-8000-000000000001.jpg",
    preview_path: "previews/anna/019a0000-0000-7000-8000-000000000001_preview.v1.jpg",
    thumbnail_path: "thumbnails/anna/019a0000-0000-7000-8000-000000000001_thumb.v1.webp",
    state: "ready",
    thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    ...given,
  };
}
