import type { Attachment } from "./attachments.ts";
import { integrityHex } from "./bill-of-materials.ts";
import { jsonContent, type OciImage } from "./oci-image.ts";
import type { ImageRecipe } from "./recipe.ts";

export const inTotoMediaType = "application/vnd.in-toto+json";

/**
 * How an image came to be: the commit, the content hash, the base and the tools. An in-toto statement with a SLSA
 * predicate; not signed, for it is pushed with the same credentials as the image.
 *
 * @param repository such as `europe-west1-docker.pkg.dev/project/repository/imgstream`
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function provenance(recipe: ImageRecipe, image: OciImage, repository: string): Attachment {
  const { source, base, node } = recipe;
  const baseDigest = image.labels["org.opencontainers.image.base.digest"];
  return {
    name: "provenance",
    artifactType: inTotoMediaType,
    content: jsonContent(inTotoMediaType, {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: repository, digest: { sha256: image.manifest.digest.replace(/^sha256:/, "") } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: "urn:imgstream:build:content-hash:v1",
          externalParameters: {
            contentHash: recipe.contentHash,
            version: recipe.version,
            base: image.labels["org.opencontainers.image.base.name"] ?? base.reference,
          },
          resolvedDependencies: [
            ...(source.commit === undefined
              ? []
              : [
                  {
                    name: "source",
                    digest: { gitCommit: source.commit },
                    annotations: { committedAt: source.committedAt, isModified: source.isModified },
                  },
                ]),
            ...(baseDigest === undefined
              ? []
              : [{ name: "base", digest: { sha256: baseDigest.replace(/^sha256:/, "") } }]),
            ...(node === null
              ? []
              : [{ name: `${node.name}@${node.version}`, digest: { sha512: integrityHex(node.integrity) } }]),
          ],
        },
        runDetails: {
          builder: { id: "urn:imgstream:builder:v1", version: { tools: recipe.builder } },
        },
      },
    }),
  };
}
