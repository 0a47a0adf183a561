import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Which commit the contents come from. */
export interface SourceVersion {
  /** Full hash of the last commit that touched the contents, or nothing outside a git checkout. */
  readonly commit: string | undefined;
  /** When it was committed, in ISO 8601 and UTC. */
  readonly committedAt: string | undefined;
  /** Whether files of the contents differ from that commit. */
  readonly isModified: boolean;
  /** Whether git knows only a part of the history, so that an earlier commit may be the one. */
  readonly isShallow: boolean;
}

/**
 * The last commit that touched any of `paths`: so that a commit of something else changes no version.
 */
export async function readSourceVersion(
  rootFolder: string,
  paths: readonly string[],
): Promise<SourceVersion> {
  const git = async (...parameters: string[]): Promise<string> =>
    (await promisify(execFile)("git", parameters, { cwd: rootFolder, maxBuffer: 64 << 20 })).stdout.trim();
  const [log, status, shallow] = await Promise.all([
    git("log", "-1", "--format=%H %ct", "--", ...paths),
    git("status", "--porcelain", "--untracked-files=normal", "--", ...paths),
    git("rev-parse", "--is-shallow-repository"),
  ]).catch(() => ["", "", ""] as const);
  const [commit, seconds] = log.split(" ");
  if (commit === undefined || commit === "") {
    return { commit: undefined, committedAt: undefined, isModified: false, isShallow: false };
  }
  return {
    commit,
    committedAt: new Date(Number(seconds) * 1000).toISOString(),
    isModified: status !== "",
    isShallow: shallow === "true",
  };
}

/**
 * What the version is called wherever a person or a machine meets it: `3f2a9c1d04be-5b1e77c0a9f2`, the first
 * twelve digits of the commit and of the content hash. Fits a label's value on Google Cloud.
 */
export function versionName({ commit, isModified }: SourceVersion, contentHash: string): string {
  const origin =
    commit === undefined ? "uncommitted" : `${commit.slice(0, 12)}${isModified ? "-modified" : ""}`;
  return `${origin}-${contentHash.slice(0, 12)}`;
}
