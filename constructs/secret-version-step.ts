import { ApplyStep } from "./apply-step.ts";
import type { Secret, SecretVersion } from "./secret.ts";

export interface SecretVersionStepProps {
  readonly projectId: string;
  /** Raising it by one makes a new value at the next apply. */
  readonly version: number;
  /** Random bytes, kept as text in padded base64url. @default 32 */
  readonly bytes?: number;
}

/**
 * Makes a version of a secret during the apply, unless it is there. The value never passes through synthesis,
 * plan or state.
 */
export function makeSecretVersion(secret: Secret, props: SecretVersionStepProps): SecretVersion {
  const step = new ApplyStep(secret, "make-version", {
    program: "secret-version",
    input: {
      PROJECT: props.projectId,
      SECRET: secret.name,
      VERSION: String(props.version),
      BYTES: String(props.bytes ?? 32),
    },
    dependsOn: [secret.secret],
  });
  return secret.version(props.version, [step]);
}
