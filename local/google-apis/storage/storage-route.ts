/** What a path names. */
export type StorageRoute =
  | { readonly kind: "upload"; readonly bucket: string }
  | { readonly kind: "list"; readonly bucket: string }
  | { readonly kind: "object"; readonly bucket: string; readonly name: string }
  | { readonly kind: "xml"; readonly bucket: string; readonly name: string }
  | {
      readonly kind: "rewriteTo" | "copyTo";
      readonly bucket: string;
      readonly name: string;
      readonly targetBucket: string;
      readonly target: string;
    };

/**
 * Reads the raw path: names contain encoded slashes. Undefined for what is not about objects, or not
 * percent-encoded UTF-8.
 */
export function findRoute(path: string): StorageRoute | undefined {
  if (!isDecodable(path)) return undefined;
  const upload = /^(?:\/resumable)?\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path);
  if (upload !== null) return { kind: "upload", bucket: decode(upload[1]) };
  const json =
    /^(?:\/download)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+)(?:\/(rewriteTo|copyTo)\/b\/([^/]+)\/o\/([^/]+))?)?$/.exec(
      path,
    );
  if (json !== null) {
    const [, bucket, name, form, targetBucket, target] = json;
    if (name === undefined) return { kind: "list", bucket: decode(bucket) };
    if (form !== "rewriteTo" && form !== "copyTo")
      return { kind: "object", bucket: decode(bucket), name: decode(name) };
    return {
      kind: form,
      bucket: decode(bucket),
      name: decode(name),
      targetBucket: decode(targetBucket),
      target: decode(target),
    };
  }
  const xml =
    /^\/(?!(?:storage|upload|download|resumable|batch)\/)([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])\/(.+)$/.exec(
      path,
    );
  return xml === null ? undefined : { kind: "xml", bucket: decode(xml[1]), name: decode(xml[2]) };
}

function decode(part: string | undefined): string {
  return decodeURIComponent(part ?? "");
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
