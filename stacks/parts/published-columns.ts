import type { WarehouseColumn } from "../../constructs/warehouse-subscription.ts";

/** What leaves the catalog for organisation-wide questions: no place, title, name, address or share id. */
export const publishedColumns: readonly WarehouseColumn[] = [
  { name: "user_id", type: "STRING", description: "The person's opaque id" },
  { name: "seq", type: "INT64", description: "Number of the entry in that person's catalog" },
  { name: "part", type: "INT64", description: "Which of the things that the entry recorded, from 0" },
  { name: "at", type: "TIMESTAMP", description: "When the entry was written" },
  { name: "kind", type: "STRING", description: "What happened" },
  { name: "photo_id", type: "STRING", description: "The photo it happened to; none where it was several" },
  { name: "bytes", type: "INT64", description: "Bytes stored or freed" },
  { name: "format", type: "STRING", description: "The decoded format" },
];
