import { createHash } from "node:crypto";
import type { Layer } from "./layer.ts";
import type { StoredManifest } from "./registry-client.ts";

export const manifestMediaType = "application/vnd.oci.image.manifest.v1+json";
export const indexMediaType = "application/vnd.oci.image.index.v1+json";
export const configMediaType = "application/vnd.oci.image.config.v1+json";

/** How a manifest names another object: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A small object and its name. */
export interface Content {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** What an image starts, and as whom. */
export interface ImageProgram {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  /** User and group as numbers, so that no password file is asked. */
  readonly user: string;
  readonly port: number;
}

export interface ImageParts {
  /** Lowest first. */
  readonly layers: readonly (Layer & { readonly title: string })[];
  readonly program: ImageProgram;
  /** `org.opencontainers.image.*` among them; also written as the manifest's annotations. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface OciImage {
  readonly config: Content;
  readonly manifest: StoredManifest;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Configuration and manifest of an image for linux/amd64. Both depend on the parts only: the time of creation
 * is always 1970, since the same contents are to have the same digest on every machine and day.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export function describeImage({ layers, program, labels }: ImageParts): OciImage {
  const config = jsonContent(configMediaType, {
    created: epoch,
    architecture: "amd64",
    os: "linux",
    config: {
      User: program.user,
      ExposedPorts: { [`${program.port}/tcp`]: {} },
      Env: Object.entries(program.environment).map(([name, value]) => `${name}=${value}`),
      Entrypoint: program.entrypoint,
      Cmd: program.command,
      WorkingDir: program.workingFolder,
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((layer) => ({ created: epoch, created_by: layer.title })),
  });
  return {
    config,
    labels,
    manifest: storedManifest(manifestMediaType, {
      schemaVersion: 2,
      mediaType: manifestMediaType,
      config: config.descriptor,
      layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
      annotations: labels,
    }),
  };
}

/** A JSON object as a registry's content. */
export function jsonContent(mediaType: string, value: unknown): Content {
  const bytes = Buffer.from(JSON.stringify(value));
  return { descriptor: { mediaType, digest: sha256(bytes), size: bytes.length }, bytes };
}

export function storedManifest(mediaType: string, value: unknown): StoredManifest {
  const bytes = Buffer.from(JSON.stringify(value));
  return { mediaType, digest: sha256(bytes), bytes };
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

const epoch = "1970-01-01T00:00:00Z";
