import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { pinnedReference, readBaseChoice } from "../../image/base-choice.ts";
import { pinBaseChoice } from "../../image/pin-base-choice.ts";
import { openBlobCache } from "../../image/blob-cache.ts";
import { type RegistryClient, openRegistry } from "../../image/registry-client.ts";
import { freePort } from "../../local/free-port.ts";
import { accessToken, startGoogleRegistry } from "./google-registry.ts";
import type { InMemoryRegistry } from "./in-memory-registry.ts";
import { run } from "./programs.ts";
import { writeBase, writeBaseVariant } from "./sample-base.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function fileWith(choice: unknown): Promise<string> {
  const file = join(await temporaryFolder(), "base.json");
  await writeFile(file, JSON.stringify(choice));
  return file;
}

test("the repository's own choice is a reference with a tag", () => {
  const choice = readBaseChoice();
  expect(choice.reference).toBe("gcr.io/distroless/cc-debian12:nonroot");
  expect(pinnedReference({ ...choice, digest: "sha256:1" })).toBe(`${choice.reference}@sha256:1`);
});

const running: InMemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

const credentials = () => Promise.resolve({ username: "oauth2accesstoken", password: accessToken });

/** A registry with a base in it, and a file that names the base. */
async function openPin(): Promise<{ file: string; reference: string; client: RegistryClient }> {
  const registry = await startGoogleRegistry({ publicRepositories: ["distroless/cc"] });
  running.push(registry);
  const repository = { registry: registry.host, repository: "distroless/cc" };
  const options = { access: "pull,push", credentials, chunkBytes: Number.POSITIVE_INFINITY } as const;
  const reference = `${registry.host}/distroless/cc:nonroot`;
  const file = await fileWith({ reference, digest: null, node: "lockfile" });
  return { file, reference, client: openRegistry(repository, options) };
}

/** The command as npm runs it. */
async function pin(file: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = join(import.meta.dirname, "../../image/pin.ts");
  const env = { ...process.env, IMGSTREAM_CACHE: await temporaryFolder() };
  return await run(process.execPath, [program, file], { env, cwd: dirname(file) }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

test("pinning writes the digest that the tag means, and nothing where it is written already", async () => {
  const { file, reference, client } = await openPin();
  const { digest } = await writeBase(client);
  expect(await pin(file)).toMatchObject({
    code: 0,
    stdout: `base.json: ${reference}@${digest}. Commit it: it is part of every image's name\n`,
  });
  expect(await readFile(file, "utf8")).toBe(
    `{\n  "reference": "${reference}",\n  "digest": "${digest}",\n  "node": "lockfile"\n}\n`,
  );
  const { mtimeMs } = await stat(file);
  expect(await pin(file)).toMatchObject({
    code: 0,
    stdout: `base.json is up to date: ${reference}@${digest}\n`,
  });
  expect((await stat(file)).mtimeMs).toBe(mtimeMs);
});

test("a tag that moved is pinned anew", async () => {
  const { file, client } = await openPin();
  const first = await writeBaseVariant(client);
  await client.writeManifest("nonroot", first);
  const options = { cache: openBlobCache(await temporaryFolder()) };
  expect((await pinBaseChoice(file, options)).choice.digest).toBe(first.digest);
  const { digest } = await writeBase(client);
  expect(await pinBaseChoice(file, options)).toMatchObject({ choice: { digest }, hasChanged: true });
});

test("a base that an image cannot stand on is not pinned", async () => {
  const { file, client } = await openPin();
  const before = await readFile(file, "utf8");
  const options = { cache: openBlobCache(await temporaryFolder()) };
  await expect(pinBaseChoice(file, options)).rejects.toThrow("has no 'distroless/cc:nonroot'");
  await client.writeManifest("nonroot", await writeBaseVariant(client, { architecture: "arm64" }));
  await expect(pinBaseChoice(file, options)).rejects.toThrow("is not for linux/amd64");
  expect(await readFile(file, "utf8")).toBe(before);
});

test("without a network nothing is written, and one sentence says what to do", async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const file = await fileWith({ reference: `${host}/distroless/cc:nonroot`, digest: null, node: "lockfile" });
  const before = await readFile(file, "utf8");
  const { code, stdout, stderr } = await pin(file);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    new RegExp(
      `^base\\.json is as it was: ${host} cannot be reached: [^\n]+: repeat \`npm run image:pin\` where ${host} can be reached, [^\n]+\n$`,
    ),
  );
  expect(await readFile(file, "utf8")).toBe(before);
});

test.each([
  [{ reference: "gcr.io/a:b", digest: "latest", node: "lockfile" }, "must hold a 'reference'"],
  [{ reference: "gcr.io/a:b", digest: null, node: "nodejs" }, "must hold a 'reference'"],
  [{ reference: "gcr.io/a:b" }, "must hold a 'reference'"],
  [{ reference: "gcr.io/a", digest: null, node: "lockfile" }, "must name a tag and no digest"],
  [{ reference: "node:24", digest: null, node: "lockfile" }, "expected an image reference"],
])("%j is refused", async (choice, message) => {
  const file = await fileWith(choice);
  expect(() => readBaseChoice(file)).toThrow(message);
});
