/**
 * Brings files whose names follow from their content into a bucket, and marks those of earlier versions for the
 * bucket's own rule to remove: the rule counts from the mark, so that open pages and the way back find them for as
 * long as it says. Nothing that is there is ever changed. Given: BUCKET, FOLDER, PREFIX (`assets/`).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { contentTypeOf } from "./content-type.mts";
import { connectToGoogle } from "./google.mts";
import type { AskGoogle } from "./google.mts";
import { property, RequestFailed } from "./json-request.mts";
import { runProgram } from "./run-program.mts";

interface StoredFile {
  readonly name: string;
  readonly generation: string;
  readonly md5: string;
  /** When a deployment no longer had it; nothing as long as one has it. */
  readonly retiredAt: string | undefined;
}

interface LocalFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const atOnce = 8;

await runProgram(async (input, variables) => {
  const bucket = encodeURIComponent(input("BUCKET"));
  const ask = await connectToGoogle(variables);
  const files = readFiles(input("FOLDER"), input("PREFIX"));
  const stored = new Map((await list(ask, bucket, input("PREFIX"))).map((file) => [file.name, file]));

  // Everything of the new version first: a fault in between leaves the old version whole.
  const written = await inTurns(files, (file) => write(ask, bucket, file, stored.get(file.name)));
  const names = new Set(files.map(({ name }) => name));
  const outdated = [...stored.values()].filter(
    ({ name, retiredAt }) => !names.has(name) && retiredAt === undefined,
  );
  await inTurns(outdated, (file) => retire(ask, bucket, file));
  return `${input("BUCKET")} has ${files.length} files of this version, ${written.filter(Boolean).length} of them new; ${outdated.length} are retired`;
});

function readFiles(folder: string, prefix: string): LocalFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return {
        name: `${prefix}${file.slice(folder.length).split(sep).filter(Boolean).join("/")}`,
        bytes: readFileSync(file),
      };
    });
}

async function list(ask: AskGoogle, bucket: string, prefix: string): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (let pageToken = ""; ;) {
    const query = new URLSearchParams({
      prefix,
      fields: "nextPageToken,items(name,generation,md5Hash,customTime)",
      ...(pageToken && { pageToken }),
    });
    const page = await ask({ product: "storage", path: `b/${bucket}/o?${query.toString()}` });
    const items = property(page, "items");
    for (const item of Array.isArray(items) ? items : []) {
      const retiredAt = property(item, "customTime");
      files.push({
        name: String(property(item, "name")),
        generation: String(property(item, "generation")),
        md5: String(property(item, "md5Hash")),
        retiredAt: typeof retiredAt === "string" ? retiredAt : undefined,
      });
    }
    const next = property(page, "nextPageToken");
    if (typeof next !== "string" || next === "") return files;
    pageToken = next;
  }
}

/** @returns whether the file was not there before */
async function write(
  ask: AskGoogle,
  bucket: string,
  { name, bytes }: LocalFile,
  stored: StoredFile | undefined,
): Promise<boolean> {
  if (stored !== undefined && stored.md5 !== createHash("md5").update(bytes).digest("base64")) {
    throw new Error(
      `${name} is in the bucket with other content than its name says: find out who wrote it, delete it and deploy again`,
    );
  }
  if (stored !== undefined && stored.retiredAt === undefined) return false;
  // A mark cannot be taken off. The same bytes written again have none, and no moment passes without them.
  const condition = stored?.generation ?? "0";
  const boundary = "imgstream-static-file";
  const metadata = {
    name,
    cacheControl: "public, max-age=31536000, immutable",
    contentType: contentTypeOf(name),
  };
  const head =
    `--${boundary}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n` +
    `--${boundary}\r\ncontent-type: ${metadata.contentType}\r\n\r\n`;
  try {
    await ask({
      product: "storage",
      method: "POST",
      path: `b/${bucket}/o?uploadType=multipart&ifGenerationMatch=${condition}`,
      upload: {
        contentType: `multipart/related; boundary=${boundary}`,
        bytes: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
      },
      isRepeatable: true,
    });
  } catch (error) {
    // Another deployment, or a try of ours whose answer was lost, wrote the same.
    if (!(error instanceof RequestFailed) || error.status !== 412) throw error;
  }
  return stored === undefined;
}

async function retire(ask: AskGoogle, bucket: string, { name, generation }: StoredFile): Promise<void> {
  try {
    await ask({
      product: "storage",
      method: "PATCH",
      path: `b/${bucket}/o/${encodeURIComponent(name)}?ifGenerationMatch=${generation}`,
      body: { customTime: new Date().toISOString() },
      isRepeatable: true,
    });
  } catch (error) {
    // Gone, or written anew by another deployment, which then has it.
    if (!(error instanceof RequestFailed) || (error.status !== 404 && error.status !== 412)) throw error;
  }
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  }
  return results;
}
