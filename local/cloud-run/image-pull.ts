import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { layOver, unpackLayer } from "./image-unpack.ts";

export interface ImageSource {
  /** Where the registry answers, such as `http://127.0.0.1:5000`. */
  readonly registry: string;
  /** Such as `imgstream-dev/imgstream/app`. */
  readonly repository: string;
  /** A tag, or a digest `sha256:…`. */
  readonly reference: string;
}

/** What an image says about how it runs: https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingFolder: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PulledImage {
  /** Of the manifest: what a revision is pinned to. */
  readonly digest: string;
  readonly config: ImageConfig;
  /** The unpacked file system. */
  readonly rootFolder: string;
}

/** The image is not there, or not what its digest says. The message is what the deploy shows. */
export class ImageUnusableError extends Error {
  readonly code = "image-unusable";
}

const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const Descriptor = Type.Object({
  digest: Type.String({ pattern: "^sha256:[0-9a-f]{64}$" }),
  platform: Type.Optional(Type.Object({ os: Type.String(), architecture: Type.String() })),
});

const Manifest = Type.Object({
  manifests: Type.Optional(Type.Array(Descriptor)),
  config: Type.Optional(Descriptor),
  layers: Type.Optional(Type.Array(Descriptor)),
});

type Manifest = Static<typeof Manifest>;

const Configuration = Type.Object({
  config: Type.Optional(
    Type.Object({
      Entrypoint: Type.Optional(Type.Array(Type.String())),
      Cmd: Type.Optional(Type.Array(Type.String())),
      Env: Type.Optional(Type.Array(Type.String())),
      User: Type.Optional(Type.String()),
      WorkingDir: Type.Optional(Type.String()),
      Labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    }),
  ),
});

/**
 * Resolves the reference, fetches manifest, configuration and layers, checks every digest and unpacks the layers
 * below `folder`. An image, or a layer, that was unpacked before is found again by its digest.
 *
 * @throws ImageUnusableError
 */
export async function pullImage(source: ImageSource, folder: string): Promise<PulledImage> {
  const { digest, manifest } = await resolveManifest(source, source.reference);
  if (manifest.config === undefined || manifest.layers === undefined) {
    throw new ImageUnusableError(
      `${describe(source)} is not an image: its manifest has no config or layers.`,
    );
  }
  const configuration = await fetchBlob(source, manifest.config.digest);
  const config = readConfig(parse(Configuration, configuration, source));
  const rootFolder = join(folder, digest.replace(":", "-"));
  const digests = manifest.layers.map((layer) => layer.digest);
  await makeOnce(rootFolder, async (root) => {
    const layers = await Promise.all(digests.map((layer) => pullLayer(source, layer, folder)));
    await layOver(layers, root);
  });
  return { digest, config, rootFolder };
}

/** @returns the folder of the unpacked layer */
async function pullLayer(source: ImageSource, digest: string, folder: string): Promise<string> {
  const layerFolder = join(folder, "layers", digest.replace(":", "-"));
  await makeOnce(layerFolder, async (unfinished) => {
    const archive = `${unfinished}.tar`;
    await writeFile(archive, await fetchBlob(source, digest));
    await unpackLayer(archive, unfinished);
    await rm(archive);
  });
  return layerFolder;
}

const underWay = new Map<string, Promise<void>>();

/** Fills a folder that is either not there or whole; whoever wants it meanwhile waits for the same. */
async function makeOnce(folder: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  const known = underWay.get(folder);
  if (known !== undefined) return known;
  const making = (async () => {
    await mkdir(dirname(folder), { recursive: true });
    const unfinished = await mkdtemp(`${folder}.unfinished-`);
    await fill(unfinished);
    await rename(unfinished, folder).catch((error: unknown) => {
      // Another process was quicker.
      if (!existsSync(folder)) throw error;
    });
  })();
  underWay.set(folder, making);
  await making.finally(() => underWay.delete(folder));
}

async function resolveManifest(
  source: ImageSource,
  reference: string,
): Promise<{ readonly digest: string; readonly manifest: Manifest }> {
  const response = await request(source, `manifests/${reference}`, { accept });
  if (response.status === 404) throw new ImageUnusableError(`Image '${describe(source)}' not found.`);
  const bytes = await bodyOf(response, source);
  const digest = digestOf(bytes);
  if (reference.startsWith("sha256:") && reference !== digest) {
    throw new ImageUnusableError(`The registry sent ${digest} for ${describe(source)}.`);
  }
  const manifest = parse(Manifest, bytes, source);
  if (manifest.manifests === undefined) return { digest, manifest };
  const fitting = manifest.manifests.find(
    ({ platform }) => platform?.os === "linux" && platform.architecture === "amd64",
  );
  if (fitting === undefined) {
    throw new ImageUnusableError(`${describe(source)} has no image for linux/amd64, which Cloud Run needs.`);
  }
  return resolveManifest(source, fitting.digest);
}

async function fetchBlob(source: ImageSource, digest: string): Promise<Buffer> {
  const bytes = await bodyOf(await request(source, `blobs/${digest}`), source);
  if (digestOf(bytes) !== digest) {
    throw new ImageUnusableError(`A part of ${describe(source)} is ${digestOf(bytes)} instead of ${digest}.`);
  }
  return bytes;
}

async function request(
  source: ImageSource,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  try {
    return await fetch(`${source.registry}/v2/${source.repository}/${path}`, { headers });
  } catch (cause) {
    throw new ImageUnusableError(`The registry ${source.registry} cannot be reached.`, { cause });
  }
}

async function bodyOf(response: Response, source: ImageSource): Promise<Buffer> {
  if (!response.ok) {
    throw new ImageUnusableError(`The registry answered ${response.status} for ${describe(source)}.`);
  }
  return Buffer.from(await response.arrayBuffer());
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function parse<Schema extends TSchema>(schema: Schema, bytes: Buffer, source: ImageSource): Static<Schema> {
  try {
    return Value.Parse(schema, JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new ImageUnusableError(`${describe(source)} is not an image of OCI's form.`, { cause });
  }
}

function readConfig({ config = {} }: Static<typeof Configuration>): ImageConfig {
  const pairs = (config.Env ?? []).map((pair) => {
    const end = pair.indexOf("=");
    return [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
  return {
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    environment: Object.fromEntries(pairs),
    user: config.User ?? "",
    workingFolder: config.WorkingDir ?? "/",
    labels: config.Labels ?? {},
  };
}

function describe({ repository, reference }: ImageSource): string {
  return `${repository}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`;
}
