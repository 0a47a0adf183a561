import { join } from "node:path";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import type { PhotoServer } from "./photo-server.ts";

/** The server's identities beside its catalogs, as in one bucket. */
export async function wholeRecords({
  records,
  folder,
}: Pick<PhotoServer, "records" | "folder">): Promise<DiskObjectStore> {
  const whole = new DiskObjectStore(join(folder, "records"));
  for await (const { name } of records.list("identities/")) {
    await whole.put(name, (await records.read(name))?.bytes ?? Buffer.of());
  }
  return whole;
}
