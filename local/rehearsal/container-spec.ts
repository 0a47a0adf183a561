import type { ContainerSpec, Sandbox } from "../cloud-run/container-spec.ts";
import type { PulledImage } from "../cloud-run/image-pull.ts";
import type { Probe } from "../cloud-run/probe.ts";
import {
  at,
  isObject,
  type JsonObject,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
} from "../google-apis/engine/json.ts";
import type { World } from "../google-apis/engine/world.ts";
import { findSecretVersion } from "../google-apis/secret-manager.ts";

const units: Readonly<Record<string, number>> = {
  "": 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** A quantity of Kubernetes' form, such as `512Mi`, in bytes. */
export function bytesOf(quantity: string): number {
  const [, number = "", unit = ""] = quantity.match(/^(\d+(?:\.\d+)?)([A-Za-z]*)$/) ?? [];
  const factor = units[unit];
  if (factor === undefined || number === "") throw new Error(`'${quantity}' is no quantity of memory`);
  return Number(number) * factor;
}

/** Where an image of Artifact Registry is found in a registry on this machine. */
export function imageSource(reference: string, registry: string) {
  const [, repository = "", tag, digest] =
    reference.match(/^[^/]+\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/) ?? [];
  return { registry, repository, reference: digest ?? tag ?? "latest" };
}

/** The declared variables with the values of their secrets. The versions were checked when the revision was made. */
function environmentOf(container: JsonObject, projectId: string, world: World): Record<string, string> {
  const pairs = objectsAt(container, "env").map((variable) => {
    const secret = textAt(variable, "valueSource.secretKeyRef.secret");
    if (secret === "") return [textAt(variable, "name"), textAt(variable, "value")] as const;
    const name = secret.includes("/") ? secret : `projects/${projectId}/secrets/${secret}`;
    const version = textAt(variable, "valueSource.secretKeyRef.version") || "latest";
    const found = findSecretVersion(world, `${name}/versions/${version}`);
    const data = found === undefined ? undefined : world.secretPayloads.get(found.name);
    return [textAt(variable, "name"), Buffer.from(data ?? "", "base64").toString("utf8")] as const;
  });
  return Object.fromEntries(pairs);
}

/** What runs, for the first container of a template of a service or a job. */
export function containerSpec(
  template: JsonObject,
  image: PulledImage,
  sandbox: Sandbox,
  world: World,
  platform: { readonly projectId: string; readonly environment: Readonly<Record<string, string>> },
): ContainerSpec {
  const [container = {}] = objectsAt(template, "containers");
  const [port] = objectsAt(container, "ports");
  const command = textsAt(container, "command");
  const args = textsAt(container, "args");
  return {
    image,
    ...(command.length > 0 ? { command } : {}),
    ...(args.length > 0 ? { args } : {}),
    environment: environmentOf(container, platform.projectId, world),
    platformEnvironment: platform.environment,
    port: Number(port?.["containerPort"] ?? 8080),
    memoryBytes: bytesOf(textAt(container, "resources.limits.memory") || "512Mi"),
    sandbox,
  };
}

/** A probe as the API keeps it; undefined where none is declared. */
export function probeOf(template: JsonObject, name: "startupProbe" | "livenessProbe"): Probe | undefined {
  const [container = {}] = objectsAt(template, "containers");
  const declared = objectAt(container, name);
  if (Object.keys(declared).length === 0) return undefined;
  const http = at(declared, "httpGet");
  const number = (field: string): number | undefined =>
    typeof declared[field] === "number" ? declared[field] : undefined;
  const times = Object.fromEntries(
    ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"].flatMap((field) => {
      const value = number(field);
      return value === undefined ? [] : [[field, value] as const];
    }),
  );
  return {
    action: isObject(http) ? { kind: "http", path: textAt(http, "path") || "/" } : { kind: "tcp" },
    ...times,
  };
}
