import { isAllowed } from "../engine/access.ts";
import { ApiError } from "../engine/api-error.ts";
import { referredName } from "../engine/compute-references.ts";
import { type JsonObject, objectAt, objectsAt, shown, textAt, withAt } from "../engine/json.ts";
import type { Call } from "../engine/kind.ts";
import { findSecretVersion } from "../secret-manager.ts";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

/** Set by Cloud Run itself: https://cloud.google.com/run/docs/container-contract#env-vars */
const reserved = [
  "PORT",
  "K_SERVICE",
  "K_REVISION",
  "K_CONFIGURATION",
  "CLOUD_RUN_JOB",
  "CLOUD_RUN_EXECUTION",
];

/** The account that the container runs as. */
export function runtimeAccount(template: JsonObject, call: Call): string {
  const given = textAt(template, "serviceAccount");
  const number = call.world.projects.of(
    call.parameters["parent"] ?? call.parameters["name"] ?? "",
  )?.projectNumber;
  return given === "" ? `${number}-compute@developer.gserviceaccount.com` : given;
}

function checkVariables(container: JsonObject, path: string): void {
  const seen = new Set<string>();
  for (const variable of objectsAt(container, "env")) {
    const name = textAt(variable, "name");
    if (name === "") refuse(`${path}.env: a variable needs a name.`);
    if (reserved.includes(name))
      refuse(`${path}.env: The following reserved env names were provided: ${name}.`);
    if (seen.has(name)) refuse(`${path}.env: the variable ${name} stands twice.`);
    seen.add(name);
  }
}

function checkLimits(container: JsonObject, path: string): void {
  const { cpu, memory } = objectAt(container, "resources.limits");
  if (cpu !== undefined && !/^(\d+(\.\d+)?|\d+m)$/.test(shown(cpu)))
    refuse(`${path}.resources.limits.cpu: '${shown(cpu)}'.`);
  if (memory !== undefined && !/^\d+(\.\d+)?(Ki|Mi|Gi|k|M|G)?$/.test(shown(memory))) {
    refuse(`${path}.resources.limits.memory: '${shown(memory)}' is not a quantity.`);
  }
}

/** Refuses what Cloud Run refuses at once: images, variables, limits, volumes, accounts, networks. */
export function checkTemplate(template: JsonObject, call: Call, path: string): void {
  const containers = objectsAt(template, "containers");
  if (containers.length === 0) refuse(`${path}.containers: at least one container is required.`);
  const volumes = objectsAt(template, "volumes").map((volume) => textAt(volume, "name"));
  for (const [index, container] of containers.entries()) {
    const place = `${path}.containers[${index}]`;
    if (textAt(container, "image") === "") refuse(`${place}.image: an image is required.`);
    checkVariables(container, place);
    checkLimits(container, place);
    for (const mount of objectsAt(container, "volumeMounts")) {
      const name = textAt(mount, "name");
      if (!volumes.includes(name)) refuse(`${place}.volume_mounts: there is no volume '${name}'.`);
    }
  }
  const account = runtimeAccount(template, call);
  if (textAt(template, "serviceAccount") !== "" && !call.world.accounts.exists(account)) {
    throw new ApiError("NOT_FOUND", `Service account ${account} does not exist.`);
  }
  checkActAs(account, call);
  for (const link of objectsAt(template, "vpcAccess.networkInterfaces")) checkNetworkInterface(link, call);
}

function checkActAs(account: string, call: Call): void {
  const project = account.match(/@([^.]+)\.iam\./)?.[1];
  const name = `projects/${project}/serviceAccounts/${account}`;
  if (project === undefined || isAllowed(call.world, call.caller, "iam.serviceAccounts.actAs", "iam", name))
    return;
  throw new ApiError(
    "PERMISSION_DENIED",
    `Permission 'iam.serviceaccounts.actAs' denied on service account ${account} (or it may not exist).`,
  );
}

function checkNetworkInterface(link: JsonObject, call: Call): void {
  for (const field of ["network", "subnetwork"]) {
    const given = textAt(link, field);
    if (given === "" || !given.includes("/")) continue;
    const name = referredName(call, given);
    if (name === undefined || call.world.state.get("compute", name) === undefined) {
      refuse(`The ${field} '${given}' does not exist.`);
    }
  }
}

/** A secret that a container names, wherever it does. */
interface SecretUse {
  readonly secret: string;
  readonly version: string;
}

function secretUses(template: JsonObject): SecretUse[] {
  const variables = objectsAt(template, "containers")
    .flatMap((container) => objectsAt(container, "env"))
    .map((variable) => objectAt(variable, "valueSource.secretKeyRef"))
    .filter((reference) => textAt(reference, "secret") !== "")
    .map((reference) => ({
      secret: textAt(reference, "secret"),
      version: textAt(reference, "version") || "latest",
    }));
  const files = objectsAt(template, "volumes")
    .map((volume) => objectAt(volume, "secret"))
    .filter((volume) => textAt(volume, "secret") !== "")
    .flatMap((volume) => {
      const versions = objectsAt(volume, "items").map((item) => textAt(item, "version") || "latest");
      return (versions.length > 0 ? versions : ["latest"]).map((version) => ({
        secret: textAt(volume, "secret"),
        version,
      }));
    });
  return [...variables, ...files];
}

/** The whole name of a secret that a template may give by its id alone. */
export function secretName(call: Call, secret: string): string {
  const project =
    call.world.projects.of(call.parameters["parent"] ?? call.parameters["name"] ?? "")?.projectId ?? "";
  return secret.includes("/") ? call.world.projects.withId(secret) : `projects/${project}/secrets/${secret}`;
}

/** Refuses a revision whose secrets are missing, have no such version, or may not be read by its account. */
export function checkSecrets(template: JsonObject, call: Call, what: string): void {
  const account = runtimeAccount(template, call);
  for (const { secret, version } of secretUses(template)) {
    const name = secretName(call, secret);
    const found = findSecretVersion(call.world, `${name}/versions/${version}`);
    if (found === undefined || textAt(found.body, "state") !== "ENABLED") {
      throw new ApiError(
        "FAILED_PRECONDITION",
        `Secret ${name}/versions/${version} was not found, or is not enabled, for ${what}.`,
      );
    }
    const member = `serviceAccount:${account}`;
    if (!isAllowed(call.world, member, "secretmanager.versions.access", "secretmanager", name)) {
      throw new ApiError(
        "PERMISSION_DENIED",
        `Permission denied on secret: ${name}/versions/${version} for ${what}. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level: ${account}.`,
      );
    }
  }
}

const limits = { cpu: "1000m", memory: "512Mi" };

/** Ports and probes as Cloud Run writes them where they are left out. */
export function completeContainer(container: JsonObject, kind: "service" | "job"): JsonObject {
  const resources = objectAt(container, "resources");
  const base: JsonObject = {
    ...container,
    resources: { ...resources, limits: { ...limits, ...objectAt(resources, "limits") } },
  };
  if (kind === "job") return base;
  const [port] = objectsAt(container, "ports");
  const ports = [{ name: "http1", containerPort: 8080, ...port }];
  const listening = ports[0]?.containerPort ?? 8080;
  return {
    ...base,
    ports,
    startupProbe: completeProbe(container["startupProbe"], listening, {
      timeoutSeconds: 240,
      periodSeconds: 240,
      failureThreshold: 1,
      tcpSocket: { port: listening },
    }),
    ...(container["livenessProbe"] === undefined
      ? {}
      : { livenessProbe: completeProbe(container["livenessProbe"], listening, {}) }),
    resources: withAt(objectAt(base, "resources"), "cpuIdle", resources["cpuIdle"] ?? false),
  };
}

function completeProbe(probe: unknown, port: number, fallback: JsonObject): JsonObject {
  if (typeof probe !== "object" || probe === null || Array.isArray(probe)) return fallback;
  const given: JsonObject = { ...probe };
  const times = { timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3, ...given };
  const http = given["httpGet"];
  const tcp = given["tcpSocket"];
  return {
    ...times,
    ...(http === undefined ? {} : { httpGet: { path: "/", port, ...objectAt(given, "httpGet") } }),
    ...(tcp === undefined ? {} : { tcpSocket: { port, ...objectAt(given, "tcpSocket") } }),
  };
}
