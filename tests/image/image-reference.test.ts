import { expect, test } from "vitest";
import { formatImageReference, parseImageReference } from "../../image/image-reference.ts";
import { isLoopback, requireSafeScheme } from "../../image/loopback.ts";

const digest = `sha256:${"ab".repeat(32)}`;

test.each([
  ["gcr.io/distroless/cc-debian12:nonroot", "gcr.io", "distroless/cc-debian12", "nonroot", undefined],
  [`gcr.io/a/b:t@${digest}`, "gcr.io", "a/b", "t", digest],
  [`127.0.0.1:5000/a@${digest}`, "127.0.0.1:5000", "a", undefined, digest],
  ["localhost:5000/a/b_c", "localhost:5000", "a/b_c", undefined, undefined],
  ["europe-west1-docker.pkg.dev/p/r/x:1", "europe-west1-docker.pkg.dev", "p/r/x", "1", undefined],
])("%s is read and written again", (text, registry, repository, tag, pinned) => {
  const reference = parseImageReference(text);
  expect(reference).toEqual({
    registry,
    repository,
    ...(tag && { tag }),
    ...(pinned && { digest: pinned }),
  });
  expect(formatImageReference(reference)).toBe(text);
});

test.each([
  "node",
  "library/node:24",
  "gcr.io/",
  "gcr.io/Upper/x",
  "gcr.io/a@sha256:12",
  "https://gcr.io/a",
  "",
])("'%s' is no reference", (text) => {
  expect(() => parseImageReference(text)).toThrow(`got '${text}'`);
});

test("only this machine is loopback, and only there plain HTTP is used", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "localhost", "[::1]"]) {
    expect(isLoopback(host)).toBe(true);
    expect(requireSafeScheme(new URL(`http://${host}:1/`)).hostname).toBe(host);
  }
  for (const host of ["127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0", "[::2]"]) {
    expect(isLoopback(host)).toBe(false);
    expect(() => requireSafeScheme(new URL(`http://${host}/`))).toThrow("expected https");
    expect(requireSafeScheme(new URL(`https://${host}/`)).protocol).toBe("https:");
  }
});
