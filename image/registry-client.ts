import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { type NamedBlob, downloadBlob } from "./blob-download.ts";
import { type Blob, type UploadOptions, mountBlob, requireDigest, uploadBlob } from "./blob-upload.ts";
import { readText } from "./http-exchange.ts";
import type { ImageReference } from "./image-reference.ts";
import { isLoopback, requireSafeScheme } from "./loopback.ts";
import { type CredentialSource, noCredentials } from "./registry-credentials.ts";
import { type RetryPolicy, openSession } from "./registry-session.ts";

export interface RegistryClientOptions {
  /** @default {@link noCredentials} */
  readonly credentials?: CredentialSource;
  /**
   * Where the registry answers instead of `https://` and its name, for stand-ins: a loopback address only.
   * @default https, or http for a registry on this machine
   */
  readonly endpoint?: string;
  /** @default "pull" only what is public or granted to read */
  readonly access?: "pull" | "pull,push";
  readonly retry?: RetryPolicy;
  /** Largest body of one request. @default 16 MiB; whole blobs for Artifact Registry, which takes no parts */
  readonly chunkBytes?: number;
}

/** A manifest as it lies in a registry. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** One repository of an OCI registry: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
export interface RegistryClient {
  /** Host and port that requests go to. */
  readonly host: string;
  /** Digest of what a tag or digest names, or nothing when the repository lacks it. */
  findManifest(tagOrDigest: string): Promise<string | undefined>;
  /** @throws RegistryError when it is missing, or is not what the digest says */
  readManifest(tagOrDigest: string): Promise<StoredManifest>;
  /** @returns whether the registry took note of the manifest's subject, so that its referrers can be asked for */
  writeManifest(tagOrDigest: string, manifest: StoredManifest): Promise<{ readonly keepsReferrers: boolean }>;
  hasBlob(digest: string): Promise<boolean>;
  /** The caller compares the digest; a fault is one of the stream. */
  readBlob(blob: NamedBlob): Readable;
  /** @returns whether the repository now has the blob of that other one of the same registry */
  mountBlob(digest: string, from: string): Promise<boolean>;
  writeBlob(blob: Blob, options?: Pick<UploadOptions, "onProgress">): Promise<void>;
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

export function openRegistry(
  { registry, repository }: Pick<ImageReference, "registry" | "repository">,
  options: RegistryClientOptions = {},
): RegistryClient {
  const endpoint = endpointOf(registry, options.endpoint);
  const session = openSession({
    endpoint,
    credentials: options.credentials ?? noCredentials,
    scopes: [`repository:${repository}:${options.access ?? "pull"}`],
    ...(options.retry === undefined ? {} : { retry: options.retry }),
  });
  const manifestUrl = (name: string): URL => session.url(`/v2/${repository}/manifests/${name}`);
  const blobUrl = (digest: string): URL => session.url(`/v2/${repository}/blobs/${digest}`);
  const accept = { accept: manifestTypes.join(", ") };

  return {
    host: session.host,

    async findManifest(name) {
      const reply = await session.send("look for a manifest", [200, 404], {
        method: "HEAD",
        url: manifestUrl(name),
        headers: accept,
      });
      reply.stream.resume();
      if (reply.status === 404) return undefined;
      const digest = reply.headers["docker-content-digest"];
      return typeof digest === "string" ? digest : (await this.readManifest(name)).digest;
    },

    async readManifest(name) {
      const reply = await session.send("give a manifest", [200], {
        method: "GET",
        url: manifestUrl(name),
        headers: accept,
      });
      const bytes = Buffer.from(await readText(reply));
      const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      requireDigest(session.host, reply, digest);
      if (name.startsWith("sha256:") && name !== digest) {
        throw new Error(`${session.host} gave ${digest} for ${name}: do not trust it`);
      }
      return { mediaType: reply.headers["content-type"] ?? "", digest, bytes };
    },

    async writeManifest(name, manifest) {
      const reply = await session.send("take a manifest", [201], {
        method: "PUT",
        url: manifestUrl(name),
        headers: { "content-type": manifest.mediaType },
        body: manifest.bytes,
      });
      await readText(reply);
      requireDigest(session.host, reply, manifest.digest);
      return { keepsReferrers: reply.headers["oci-subject"] !== undefined };
    },

    async hasBlob(digest) {
      const reply = await session.send("look for a layer", [200, 302, 307, 308, 404], {
        method: "HEAD",
        url: blobUrl(digest),
      });
      reply.stream.resume();
      return reply.status !== 404;
    },

    readBlob: (blob) => downloadBlob(session, repository, blob),

    mountBlob: (digest, from) => mountBlob(session, repository, digest, from),

    writeBlob: (blob, uploadOptions = {}) =>
      uploadBlob(session, repository, blob, {
        chunkBytes:
          options.chunkBytes ?? (registry.endsWith("docker.pkg.dev") ? Number.POSITIVE_INFINITY : 16 << 20),
        ...uploadOptions,
      }),
  };
}

function endpointOf(registry: string, endpoint: string | undefined): URL {
  if (endpoint === undefined) {
    const isHere = isLoopback(registry.replace(/:\d+$/, ""));
    return new URL(`${isHere ? "http" : "https"}://${registry}`);
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !isLoopback(url.hostname)) {
    throw new Error(
      `a registry's endpoint may only be on this machine, such as http://127.0.0.1:5000, got '${endpoint}'`,
    );
  }
  return requireSafeScheme(url);
}
