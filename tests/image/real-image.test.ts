import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { billOfMaterials } from "../../image/bill-of-materials.ts";
import type { NamedBlob } from "../../image/blob-download.ts";
import { openBlobCache } from "../../image/blob-cache.ts";
import { buildImage } from "../../image/build.ts";
import { makeMachineBase } from "../../image/machine-base.ts";
import { provenance } from "../../image/provenance.ts";
import { pushImage } from "../../image/push.ts";
import { type RegistryClient, openRegistry } from "../../image/registry-client.ts";
import { photoImage } from "../../stacks/photo-image.ts";
import { createGround } from "../app/app-ground.ts";
import { grain } from "../pictures/sample-pictures.ts";
import { startDebianRegistry } from "./debian-registry.ts";
import { freePort } from "../../local/free-port.ts";
import { needPrograms, run } from "./programs.ts";
import { collectLogVersions, readDeclaredVersion, readFooter } from "./seen-version.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { startUnpacked, unpackImage } from "./unpacked-image.ts";

const isLinux = process.platform === "linux" && process.arch === "x64";
const megabyte = 1_000_000;

test.runIf(isLinux)("two builds in different folders, time zones and umasks have one digest", async () => {
  const digests: string[] = [];
  for (const [zone, umask] of [
    ["UTC", "022"],
    ["Pacific/Chatham", "077"],
  ] as const) {
    const folder = join(await temporaryFolder(), "deep", zone.replace("/", "-"));
    const { stdout } = await run(
      process.execPath,
      [join(import.meta.dirname, "reproducible-program.ts"), folder, await temporaryFolder(), umask],
      { env: { ...process.env, TZ: zone, LANG: zone === "UTC" ? "C" : "de_DE.UTF-8" } },
    );
    digests.push(stdout.trim());
  }
  expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digests[1]).toBe(digests[0]);
});

test.runIf(isLinux)(
  "the product's image is small, accepted by skopeo and umoci, runs as nobody, read-only but /tmp, and has one version everywhere",
  async (context) => {
    needPrograms(context, ["docker-registry", "skopeo", "umoci", "bwrap", "chromium"]);
    const cache = openBlobCache();
    const image = await buildImage(photoImage.folder, await makeMachineBase(cache), cache);
    expect(image.layers.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(110 * megabyte);
    expect(image.layers.at(-1)?.size).toBeLessThan(3 * megabyte);

    const host = await startDebianRegistry();
    const target = { registry: host, repository: "project/repository/app" };
    const tag = photoImage.contentHash;
    const lines: string[] = [];
    const { recipe } = image;
    const options = {
      target,
      tag,
      cache,
      attachments: [billOfMaterials(recipe), provenance(recipe, image, `${host}/${target.repository}`)],
      report: (line: string) => lines.push(line),
    };
    const client = openRegistry(target, { access: "pull,push" });
    const { digest } = await pushImage(image, client, options);
    expect(digest).toBe(image.manifest.digest);
    expect(lines.filter((line) => line.endsWith(": uploaded"))).toHaveLength(4);
    lines.length = 0;
    expect((await pushImage(image, client, options)).uploadedBytes).toBe(0);
    expect(lines.every((line) => line.endsWith("there already"))).toBe(true);

    // Debian's registry does not keep referrers: both statements are found by the image's digest.
    const [materials, statement] = await readStatements(client, digest);
    expect(materials?.["packages"]).toContainEqual(expect.objectContaining({ name: "@img/sharp-linux-x64" }));
    expect(statement).toMatchObject({
      subject: [{ digest: { sha256: digest.replace("sha256:", "") } }],
      predicate: { buildDefinition: { externalParameters: { contentHash: tag } } },
    });

    const address = `docker://${host}/${target.repository}:${tag}`;
    // Another program finds each by its own tag, with the bytes that the digests say, and the image as its subject.
    for (const [name, type, said] of [
      ["spdx", "application/spdx+json", materials],
      ["provenance", "application/vnd.in-toto+json", statement],
    ] as const) {
      const copy = join(await temporaryFolder(), name);
      await run("skopeo", ["copy", "--src-tls-verify=false", `${address}.${name}`, `dir:${copy}`]);
      const attached = JSON.parse(await readFile(join(copy, "manifest.json"), "utf8")) as {
        layers: [{ digest: string }];
      };
      expect(attached).toMatchObject({ artifactType: type, subject: { digest } });
      const kept = await readFile(join(copy, attached.layers[0].digest.replace("sha256:", "")), "utf8");
      expect(JSON.parse(kept)).toEqual(said);
    }

    const { stdout } = await run("skopeo", ["inspect", "--tls-verify=false", address]);
    expect(JSON.parse(stdout)).toMatchObject({
      Digest: digest,
      Architecture: "amd64",
      Os: "linux",
      Labels: {
        "org.opencontainers.image.version": tag,
        "org.opencontainers.image.base.name": "this-machine",
      },
    });
    const unpacked = await unpackImage(address, await temporaryFolder());
    expect(unpacked.user).toEqual({ uid: 65532, gid: 65532 });
    expect(await readdir(join(unpacked.rootFolder, "app"))).toContain("main.mjs");

    const ground = await createGround();
    const port = await freePort();
    const { PAGE_FOLDER: _ofTheImage, ...environment } = ground.environment;
    const declared = readDeclaredVersion();
    const container = startUnpacked(unpacked, {
      ...environment,
      MEDIA_STORE: "file:///tmp/data/media",
      RECORDS_STORE: "file:///tmp/data/records",
      CACHE_FOLDER: "/tmp/cache",
      IMGSTREAM_VERSION: declared.variable,
      PORT: String(port),
    });
    const logged = collectLogVersions(container);
    onTestFinished(async () => {
      container.kill();
      await ground.close();
    });
    const origin = `http://127.0.0.1:${port}`;
    const ready = await askUntilReady(`${origin}/health/ready`);
    const headers = await ground.headers();
    const footer = await readFooter(origin, headers, photoImage.folder);
    const { version } = photoImage;
    expect({ ready, footer, ...declared, logged: [...new Set(logged)] }).toEqual({
      ready: { status: "ready", version },
      footer: `ImgStream ${version}`,
      label: version,
      variable: version,
      output: version,
      logged: [version],
    });
    const [commit = "", ...rest] = version.split("-");
    expect((await run("git", ["cat-file", "-t", commit])).stdout).toBe("commit\n");
    expect(rest.at(-1)).toBe(tag.slice(0, 12));
    expect(tag).toMatch(/^[0-9a-f]{12,}$/);

    const form = new FormData();
    const picture = await grain(1600, 1200).jpeg().toBuffer();
    form.append("file", new Blob([Uint8Array.from(picture)]), "picture.jpg");
    const uploaded = await fetch(`${origin}/v1/photos`, { method: "POST", headers, body: form });
    expect(uploaded.status).toBe(201);
    const { id } = (await uploaded.json()) as { id: string };
    const thumbnail = await fetch(`${origin}/v1/photos/${id}/thumbnail`, { headers });
    const facts = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata();
    expect([facts.format, facts.width]).toEqual(["webp", 400]);
  },
  240_000,
);

/** What the fallback index of an image leads to. */
async function readStatements(
  registry: RegistryClient,
  digest: string,
): Promise<readonly Record<string, unknown>[]> {
  const read = async (name: string) =>
    JSON.parse(Buffer.from((await registry.readManifest(name)).bytes).toString()) as {
      manifests: { digest: string }[];
      subject: { digest: string };
      layers: [NamedBlob];
    };
  const { manifests } = await read(digest.replace(":", "-"));
  return await Promise.all(
    manifests.map(async (attached) => {
      const { subject, layers } = await read(attached.digest);
      expect(subject.digest).toBe(digest);
      return JSON.parse(await text(registry.readBlob(layers[0]))) as Record<string, unknown>;
    }),
  );
}

async function askUntilReady(url: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply?.ok === true) return await reply.json();
    if (tries > 400) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
