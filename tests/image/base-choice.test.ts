import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pinnedReference, readBaseChoice } from "../../image/base-choice.ts";
import { pinBaseChoice } from "../../image/pin-base-choice.ts";
import { storedManifest } from "../../image/oci-image.ts";
import { openRegistry } from "../../image/registry-client.ts";
import { startInMemoryRegistry } from "./in-memory-registry.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const once = { attempts: 1, firstPauseMilliseconds: 0 };

async function fileWith(choice: unknown): Promise<string> {
  const file = join(await temporaryFolder(), "base.json");
  await writeFile(file, JSON.stringify(choice));
  return file;
}

test("the repository's own choice is a reference with a tag", async () => {
  const choice = await readBaseChoice();
  expect(choice.reference).toBe("gcr.io/distroless/cc-debian12:nonroot");
  expect(pinnedReference({ ...choice, digest: "sha256:1" })).toBe(`${choice.reference}@sha256:1`);
});

test("pinning writes the digest that the tag means, once", async () => {
  const registry = await startInMemoryRegistry();
  const repository = { registry: registry.host, repository: "distroless/cc" };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = storedManifest(mediaType, { mediaType });
  await openRegistry(repository).writeManifest("nonroot", manifest);
  const file = await fileWith({
    reference: `${registry.host}/distroless/cc:nonroot`,
    digest: null,
    node: "lockfile",
  });
  expect(await pinBaseChoice(file)).toMatchObject({ choice: { digest: manifest.digest }, hasChanged: true });
  expect(await readFile(file, "utf8")).toBe(
    `{\n  "reference": "${registry.host}/distroless/cc:nonroot",\n  "digest": "${manifest.digest}",\n  "node": "lockfile"\n}\n`,
  );
  expect((await pinBaseChoice(file)).hasChanged).toBe(false);
  await registry.stop();
});

test("without a network nothing is written", async () => {
  const registry = await startInMemoryRegistry();
  await registry.stop();
  const file = await fileWith({
    reference: `${registry.host}/distroless/cc:nonroot`,
    digest: null,
    node: "lockfile",
  });
  const before = await readFile(file, "utf8");
  await expect(pinBaseChoice(file, { retry: once })).rejects.toThrow(`${registry.host} cannot be reached`);
  expect(await readFile(file, "utf8")).toBe(before);
});

test.each([
  [{ reference: "gcr.io/a:b", digest: "latest", node: "lockfile" }, "must hold a 'reference'"],
  [{ reference: "gcr.io/a:b", digest: null, node: "nodejs" }, "must hold a 'reference'"],
  [{ reference: "gcr.io/a:b" }, "must hold a 'reference'"],
  [{ reference: "gcr.io/a", digest: null, node: "lockfile" }, "must name a tag and no digest"],
  [{ reference: "node:24", digest: null, node: "lockfile" }, "expected an image reference"],
])("%j is refused", async (choice, message) => {
  await expect(readBaseChoice(await fileWith(choice))).rejects.toThrow(message);
});
