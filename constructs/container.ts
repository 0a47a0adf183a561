import type { ITerraformDependable } from "cdktf";
import type { ImageReference } from "./image-reference.ts";
import type { SecretVersion } from "./secret.ts";

/** A value of a container's environment: a text, or a secret's version that the platform reads at start. */
export type EnvironmentValue = string | SecretVersion;

/** What services and jobs of Cloud Run say about their container. */
export interface ContainerProps {
  readonly image: ImageReference;
  /** Whole virtual CPUs. */
  readonly cpu: number;
  /** With its unit: `512Mi`, `2Gi`. Files that the container writes count as well. */
  readonly memory: string;
  readonly environment: Readonly<Record<string, EnvironmentValue>>;
  /** Arguments of the image's entry point. @default the image's own */
  readonly args?: readonly string[];
}

/** Set by Cloud Run itself, which refuses them when declared. */
const reservedVariables = new Set(["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]);

/** The fields that the provider's service and job have in common. */
export function containerFields(props: ContainerProps): {
  image: string;
  args?: string[];
  env: {
    name: string;
    value?: string;
    valueSource?: { secretKeyRef: { secret: string; version: string } };
  }[];
} {
  const env = Object.entries(props.environment)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => {
      if (reservedVariables.has(name)) {
        throw new Error(`'environment' must not set ${name}: Cloud Run sets it itself. Remove it`);
      }
      if (typeof value === "string") return { name, value };
      const secretKeyRef = { secret: value.secret.secret.secretId, version: String(value.version) };
      return { name, valueSource: { secretKeyRef } };
    });
  return { image: props.image.uri, ...(props.args && { args: [...props.args] }), env };
}

/** `1000m` and the like drift: Cloud Run answers with what was written only in these forms. */
export function resourceLimits({
  cpu,
  memory,
}: Pick<ContainerProps, "cpu" | "memory">): Record<string, string> {
  if (!/^[1-9][0-9]*(Mi|Gi)$/.test(memory)) {
    throw new Error(`'memory' must be a whole number with its unit (512Mi, 2Gi), got '${memory}'`);
  }
  return { cpu: String(cpu), memory };
}

/** What must be there before a container can start: its image, and its secrets with their grants. */
export function containerDependencies({ image, environment }: ContainerProps): ITerraformDependable[] {
  const secrets = Object.values(environment).filter((value) => typeof value !== "string");
  return [...(image.dependsOn ?? []), ...secrets.flatMap((secret) => secret.dependsOn)];
}
