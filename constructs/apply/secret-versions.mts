import { isNotFound } from "./google.mts";
import type { AskGoogle } from "./google.mts";
import { field, property } from "./json-request.mts";

/** A version of a secret that is to be there. */
export interface WantedVersion {
  /** `projects/PROJECT/secrets/NAME` */
  readonly secret: string;
  /** From 1, one at a time: Secret Manager numbers them itself. */
  readonly version: number;
}

/**
 * Whether the version is there already.
 *
 * @throws Error where it is disabled or destroyed, or is not the one that comes next
 */
export async function hasVersion(ask: AskGoogle, { secret, version }: WantedVersion): Promise<boolean> {
  const state = await readState(ask, `${secret}/versions/${version}`);
  if (state === "ENABLED") return true;
  if (state !== undefined) {
    throw new Error(
      `Version ${version} of ${secret} is ${state}: enable it, or raise the version in the environment's facts`,
    );
  }
  if (version > 1 && (await readState(ask, `${secret}/versions/${version - 1}`)) === undefined) {
    throw new Error(
      `${secret} has no version ${version - 1}, so the next one is not ${version}: raise the version by one at a time`,
    );
  }
  return false;
}

/** Makes the version. @throws Error where Google gives it another number */
export async function addVersion(
  ask: AskGoogle,
  { secret, version }: WantedVersion,
  value: string,
): Promise<void> {
  const made = await ask({
    product: "secretManager",
    method: "POST",
    path: `${secret}:addVersion`,
    body: { payload: { data: Buffer.from(value).toString("base64") } },
  });
  const name = field(made, "name");
  if (!name.endsWith(`/versions/${version}`)) {
    throw new Error(
      `${secret} numbered its new version ${name.slice(name.lastIndexOf("/") + 1)}, not ${version}: ` +
        "write that number in the environment's facts",
    );
  }
}

/** The value of a version that is there. */
export async function readVersion(ask: AskGoogle, { secret, version }: WantedVersion): Promise<string> {
  const path = `${secret}/versions/${version}:access`;
  const payload = property(await ask({ product: "secretManager", path }), "payload");
  return Buffer.from(field(payload, "data"), "base64").toString();
}

/** ENABLED, DISABLED or DESTROYED; nothing if there is no such version. */
async function readState(ask: AskGoogle, path: string): Promise<string | undefined> {
  try {
    return field(await ask({ product: "secretManager", path }), "state");
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
