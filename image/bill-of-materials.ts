import type { Attachment } from "./attachments.ts";
import { pinnedReference } from "./base-choice.ts";
import type { LockedPackage } from "./lockfile.ts";
import { jsonContent } from "./oci-image.ts";
import type { ImageRecipe } from "./recipe.ts";

export const spdxMediaType = "application/spdx+json";

/**
 * What is in an image: our program, every package that it was made from as the lockfile pins it, Node and the
 * base. SPDX 2.3; the same recipe gives the same bytes.
 *
 * @see https://spdx.github.io/spdx-spec/v2.3/
 */
export function billOfMaterials(recipe: ImageRecipe): Attachment {
  const all = recipe.node === null ? recipe.packages : [...recipe.packages, recipe.node];
  const parts = all.map((entry) => packageElement(entry));
  const program = {
    SPDXID: "SPDXRef-Program",
    name: recipe.name,
    versionInfo: recipe.contentHash,
    downloadLocation: noAssertion,
    filesAnalyzed: false,
    licenseConcluded: recipe.license,
    licenseDeclared: recipe.license,
    copyrightText: noAssertion,
    primaryPackagePurpose: "APPLICATION",
  };
  const base = {
    SPDXID: "SPDXRef-Base",
    name: recipe.base.reference,
    ...(recipe.base.digest === null ? {} : { versionInfo: recipe.base.digest }),
    downloadLocation: noAssertion,
    filesAnalyzed: false,
    licenseConcluded: noAssertion,
    licenseDeclared: noAssertion,
    copyrightText: noAssertion,
    primaryPackagePurpose: "CONTAINER",
    externalRefs: [
      {
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: containerAddress(pinnedReference(recipe.base)),
      },
    ],
  };
  return {
    name: "spdx",
    artifactType: spdxMediaType,
    content: jsonContent(spdxMediaType, {
      spdxVersion: "SPDX-2.3",
      dataLicense: "CC0-1.0",
      SPDXID: "SPDXRef-DOCUMENT",
      name: `${recipe.name} ${recipe.version}`,
      // A name only: unique by the contents that it lists.
      documentNamespace: `https://spdx.org/spdxdocs/${recipe.name}-${recipe.contentHash}`,
      creationInfo: {
        created: recipe.source.committedAt?.replace(/\.\d+Z$/, "Z") ?? "1970-01-01T00:00:00Z",
        creators: ["Tool: imgstream-image"],
      },
      packages: [program, base, ...parts],
      relationships: [
        relationship("SPDXRef-DOCUMENT", "DESCRIBES", program.SPDXID),
        relationship(program.SPDXID, "DESCENDANT_OF", base.SPDXID),
        ...parts.map(({ SPDXID }) => relationship(program.SPDXID, "CONTAINS", SPDXID)),
      ],
    }),
  };
}

const noAssertion = "NOASSERTION";

function packageElement({ name, version, integrity, license, folder }: LockedPackage) {
  return {
    // One package may be there in two places, so its place names it.
    SPDXID: `SPDXRef-${folder.replaceAll(/[^a-zA-Z0-9.-]+/g, "-")}`,
    name,
    versionInfo: version,
    downloadLocation: noAssertion,
    filesAnalyzed: false,
    checksums: [{ algorithm: "SHA512", checksumValue: integrityHex(integrity) }],
    licenseConcluded: noAssertion,
    licenseDeclared: isLicenseExpression(license) ? license : noAssertion,
    copyrightText: noAssertion,
    externalRefs: [
      {
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      },
    ],
  };
}

function relationship(from: string, relationshipType: string, to: string) {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

/** `sha512-BASE64` as hexadecimal, as SPDX writes it. */
export function integrityHex(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
}

/** Authors also write sentences; SPDX takes expressions only. */
function isLicenseExpression(license: string | undefined): license is string {
  return license !== undefined && /^\(?[\w.+-]+(?: (?:AND|OR|WITH) \(?[\w.+-]+\)?)*\)?$/.test(license);
}

/** https://github.com/package-url/purl-spec: `pkg:docker/NAME@DIGEST?repository_url=HOST` */
function containerAddress(reference: string): string {
  const [name = "", digest] = reference.split("@");
  const cut = name.indexOf("/");
  const [path, tag] = name.slice(cut + 1).split(":");
  const version = digest ?? tag ?? "";
  return `pkg:docker/${path}@${encodeURIComponent(version)}?repository_url=${name.slice(0, cut)}`;
}
