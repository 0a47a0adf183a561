/** An image's address, in the parts that a registry's API wants. */
export interface ImageReference {
  /** Host and port, such as `europe-west1-docker.pkg.dev`. */
  readonly registry: string;
  /** Path of the repository in it, such as `project/repository/imgstream`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

/**
 * Reads `host/path:tag@digest`. The host must be written: there is no default registry.
 *
 * @throws Error when the text is no such address
 */
export function parseImageReference(text: string): ImageReference {
  const [, registry, repository, tag, digest] = grammar.exec(text) ?? [];
  if (registry === undefined || repository === undefined) {
    throw new Error(
      `expected an image reference such as 'gcr.io/distroless/cc-debian12:nonroot', with its host and in lower case, got '${text}'`,
    );
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md, "Pulling manifests" */
const grammar =
  /^((?:localhost|\[[0-9a-f:]+\]|[a-z0-9.-]*[.:][a-z0-9.:-]*|[a-z0-9-]+:\d+)(?::\d+)?)\/([a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
