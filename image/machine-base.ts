import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BaseImage } from "./base-image.ts";
import type { BlobCache } from "./blob-cache.ts";
import { makeLayer } from "./layer.ts";
import { sha256 } from "./oci-image.ts";
import type { TarEntry } from "./tar.ts";

/** What the base is called in an image's labels, where others have a reference. */
export const machineBaseName = "this-machine";

/**
 * A base made of this machine's own C library, for tests and rehearsals without a network: what Node and the
 * native packages are linked with, certificates, and a user for the process. It is as trustworthy as the
 * machine, so it may be pushed to a registry of this machine only.
 *
 * @throws Error on anything but Linux on x86-64 with glibc
 */
export async function makeMachineBase(cache: BlobCache): Promise<BaseImage> {
  const entries = await machineEntries();
  const contents = entries.map((entry) =>
    entry.kind === "file" ? [entry.path, sha256(entry.bytes)] : [entry.path],
  );
  const layer = await makeLayer(
    {
      title: machineBaseName,
      key: JSON.stringify([machineBaseName, contents]),
      entries: () => Promise.resolve(entries),
    },
    cache,
  );
  return {
    layers: [{ ...layer, title: machineBaseName, fetch: () => Promise.resolve() }],
    environment: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
    },
    labels: { "org.opencontainers.image.base.name": machineBaseName },
  };
}

/** The same as in distroless' `cc`: the loader, the C and C++ libraries, and the two of them that resolve names. */
const libraries = [
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libnss_dns.so.2",
  "libnss_files.so.2",
  "libpthread.so.0",
  "libresolv.so.2",
  "librt.so.1",
  "libstdc++.so.6",
];

const libraryFolders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"];

/** User and group 65532, as in distroless' images. */
const texts = {
  "etc/passwd":
    "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  "etc/group": "root:x:0:\nnonroot:x:65532:\n",
  "etc/nsswitch.conf": "hosts: files dns\n",
};

async function machineEntries(): Promise<TarEntry[]> {
  const loader = "/lib64/ld-linux-x86-64.so.2";
  if (process.platform !== "linux" || process.arch !== "x64" || !existsSync(loader)) {
    throw new Error(
      `a base of this machine's own needs Linux on x86-64 with glibc, got ${process.platform} on ${process.arch}: pin a base with \`npm run image:pin\``,
    );
  }
  const entries: TarEntry[] = [await executable(loader, loader.slice(1))];
  for (const name of libraries) {
    const found = libraryFolders.map((folder) => join(folder, name)).find((file) => existsSync(file));
    if (found === undefined)
      throw new Error(`${name} is not in ${libraryFolders.join(", ")}: install glibc's and GCC's libraries`);
    entries.push(await executable(found, `lib/x86_64-linux-gnu/${name}`));
  }
  for (const [path, text] of Object.entries(texts)) {
    entries.push({ kind: "file", path, isExecutable: false, bytes: Buffer.from(text) });
  }
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  const bytes = await readFile(certificates).catch(() => Buffer.alloc(0));
  entries.push({ kind: "file", path: certificates.slice(1), isExecutable: false, bytes });
  for (const path of ["dev", "home/nonroot", "proc", "sys"]) entries.push({ kind: "directory", path });
  entries.push({ kind: "directory", path: "tmp", isShared: true });
  return entries;
}

async function executable(file: string, path: string): Promise<TarEntry> {
  return { kind: "file", path, isExecutable: true, bytes: await readFile(file) };
}
