import { beforeAll, beforeEach, expect, test } from "vitest";
import { type BlobCache, openBlobCache } from "../../image/blob-cache.ts";
import type { BuiltImage } from "../../image/build.ts";
import { type PushOutcome, pushImage } from "../../image/push.ts";
import { openRegistry } from "../../image/registry-client.ts";
import { startDebianRegistry } from "./debian-registry.ts";
import { type FrontFault, startFaultyFront } from "./faulty-front.ts";
import { needPrograms, run } from "./programs.ts";
import { randomImage } from "./random-image.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const megabyte = 1 << 20;
const repository = "project/repository/app";

let registry = "";
let cache: BlobCache;
beforeAll(async () => {
  cache = openBlobCache(await temporaryFolder());
});
beforeEach(async (context) => {
  needPrograms(context, ["docker-registry", "skopeo"]);
  registry ||= await startDebianRegistry();
});

type Image = Omit<BuiltImage, "recipe">;
let count = 0;

/** Pushes in parts of 1 MiB to the registry behind that front. */
async function push(
  image: Image,
  host: string,
  tag = `t${(count += 1)}`,
): Promise<{ readonly tag: string; readonly outcome: PushOutcome | string; readonly lines: string[] }> {
  const target = { registry: host, repository };
  const client = openRegistry(target, {
    access: "pull,push",
    chunkBytes: megabyte,
    retry: { attempts: 3, firstPauseMilliseconds: 20 },
  });
  const lines: string[] = [];
  const options = { target, tag, cache, report: (line: string) => lines.push(line) };
  const outcome = await pushImage(image, client, options).catch((error: unknown) => String(error));
  return { tag, outcome, lines };
}

/** As another program sees it: undefined where the tag is not there. */
async function inspect(tag: string): Promise<unknown> {
  const address = `docker://${registry}/${repository}:${tag}`;
  try {
    const { stdout } = await run("skopeo", ["inspect", "--tls-verify=false", address]);
    return JSON.parse(stdout);
  } catch (error) {
    if (!/manifest unknown|name unknown/.test(String(error))) throw error;
    return undefined;
  }
}

/** Lets another program read the whole image, which holds every layer against its sum. */
async function expectWhole(image: Image, tag: string): Promise<void> {
  expect(await inspect(tag)).toMatchObject({
    Digest: image.manifest.digest,
    Layers: image.layers.map(({ digest }) => digest),
  });
  const folder = await temporaryFolder();
  const address = `docker://${registry}/${repository}:${tag}`;
  await run("skopeo", ["copy", "--src-tls-verify=false", address, `dir:${folder}/copy`]);
}

test("an upload that breaks off twice goes on, and the image is whole", async () => {
  const image = await randomImage(cache, 5 * megabyte);
  const front = await startFaultyFront(registry, (call, _request, earlier) =>
    call === "PATCH uploads" && (earlier === 1 || earlier === 3) ? { cutAfterBytes: 300_000 } : undefined,
  );
  const { tag, outcome, lines } = await push(image, front.host);
  expect(outcome).toEqual({ digest: image.manifest.digest, uploadedBytes: image.layers[0]?.size });
  expect(front.seen.filter((call) => call === "GET uploads").length).toBeGreaterThanOrEqual(2);
  expect(lines.map((line) => line.replace(/^random, .* MB: /, ""))).toEqual(
    expect.arrayContaining(["25 %", "50 %", "75 %", "uploaded"]),
  );
  await expectWhole(image, tag);
});

test("a fault of the registry in mid-upload is repeated", async () => {
  const image = await randomImage(cache, 3 * megabyte);
  const front = await startFaultyFront(registry, (call, _request, earlier) =>
    call === "PATCH uploads" && earlier === 1 ? { status: 500 } : undefined,
  );
  const { tag, outcome } = await push(image, front.host);
  expect(outcome).toMatchObject({ digest: image.manifest.digest });
  await expectWhole(image, tag);
});

const wrong = `sha256:${"0".repeat(64)}`;
const lasting: Record<string, [(call: string, method: string) => FrontFault, RegExp]> = {
  "a refused sign-in": [() => ({ status: 401 }), /refused to look for a layer: 401. Sign in with/],
  "a sign-in that ends in mid-upload": [
    (call) => (call === "PATCH uploads" ? { status: 401 } : undefined),
    /refused to take a part of a layer: 401. Sign in with/,
  ],
  "a fault that stays": [
    (call) => (call === "PATCH uploads" ? { status: 500 } : undefined),
    /refused to take a part of a layer: 500/,
  ],
  "a connection that is always cut": [
    (call) => (call === "PATCH uploads" ? { cutAfterBytes: 1 } : undefined),
    /cannot be reached/,
  ],
  "a wrong digest for a layer": [
    (call, method) =>
      call === "PUT uploads" && method === "PUT"
        ? { header: "docker-content-digest", value: wrong }
        : undefined,
    /changes content. Nothing was tagged/,
  ],
  "a wrong digest for the manifest": [
    (call) => (call === "PUT manifests" ? { header: "docker-content-digest", value: wrong } : undefined),
    /changes content. Nothing was tagged/,
  ],
};

test.each(Object.entries(lasting))(
  "%s is a clear error, no tag is left, and the next push succeeds",
  async (_name, [fault, message]) => {
    const image = await randomImage(cache, 2 * megabyte);
    const front = await startFaultyFront(registry, (call, { method = "" }) => fault(call, method));
    const failed = await push(image, front.host);
    expect(failed.outcome).toMatch(message);
    expect(await inspect(failed.tag)).toBeUndefined();
    expect((await push(image, registry, failed.tag)).outcome).toMatchObject({
      digest: image.manifest.digest,
    });
    await expectWhole(image, failed.tag);
  },
);

test("two pushes of one tag at once both succeed, and the image is whole", async () => {
  const image = await randomImage(cache, 4 * megabyte);
  const tag = "both";
  const both = await Promise.all([push(image, registry, tag), push(image, registry, tag)]);
  for (const { outcome } of both) expect(outcome).toMatchObject({ digest: image.manifest.digest });
  await expectWhole(image, tag);
});
