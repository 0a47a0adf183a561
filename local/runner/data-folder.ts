import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readOrMakeSecret } from "../secret-file.ts";

/** What one machine keeps instead of buckets and secrets. */
export interface DataFolder {
  readonly folder: string;
  readonly mediaFolder: string;
  readonly recordsFolder: string;
  readonly uploadsFolder: string;
  /** May be deleted whenever nothing runs. */
  readonly cacheFolder: string;
  readonly pageFolder: string;
  readonly edgeFolder: string;
  readonly logFolder: string;
  /** What the warehouse gets in the cloud, line by line. */
  readonly publishedFile: string;
  /** Made at the first start; with another one nobody would find their photos again. */
  readonly identityKey: string;
  /** What app and edge sign and verify media with, as a secret's version holds it: 16 bytes in padded base64url. */
  readonly mediaKey: string;
}

/** Makes what is missing. Only the owner of the folder can read it (mode 0700). */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = {
    folder,
    mediaFolder: join(folder, "media"),
    recordsFolder: join(folder, "records"),
    uploadsFolder: join(folder, "uploads"),
    cacheFolder: join(folder, "cache"),
    pageFolder: join(folder, "page"),
    edgeFolder: join(folder, "edge"),
    logFolder: join(folder, "logs"),
    publishedFile: join(folder, "published.jsonl"),
  };
  for (const inner of [
    data.mediaFolder,
    data.recordsFolder,
    data.uploadsFolder,
    data.cacheFolder,
    data.logFolder,
  ]) {
    await mkdir(inner, { recursive: true, mode: 0o700 });
  }
  const identityKey = await readOrMakeSecret(join(folder, "identity-key"), () =>
    randomBytes(32).toString("hex"),
  );
  const mediaKey = await readOrMakeSecret(join(folder, "media-key"), () => {
    return randomBytes(16).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  });
  return { ...data, identityKey, mediaKey };
}
