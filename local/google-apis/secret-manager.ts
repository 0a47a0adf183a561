import { ApiError } from "./engine/api-error.ts";
import { contentTag } from "./engine/identifiers.ts";
import { type JsonObject, textAt } from "./engine/json.ts";
import type { Action, ApiModule, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import type { Resource } from "./engine/state.ts";
import type { World } from "./engine/world.ts";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

const secrets: Kind = {
  collection: "secretmanager.projects.secrets",
  schema: "Secret",
  check: (next) => {
    if (next["replication"] === undefined) refuse("Secret.replication must be provided.");
  },
  complete: (next, before, call) => ({
    ...next,
    name: before?.["name"] ?? call.world.projects.withNumber(textAt(next, "name")),
  }),
  actions: {
    addVersion: (call) => {
      const name = nameOf(call);
      const secret = call.world.state.get("secretmanager", name);
      if (secret === undefined) throw new ApiError("NOT_FOUND", `Secret [${name}] not found.`);
      const data = textAt(call.body, "payload.data");
      if (data === "") refuse("The secret payload is empty.");
      if (Buffer.from(data, "base64").length > 65_536) refuse("The secret payload is larger than 64 KiB.");
      const number = call.world.state.below("secretmanager", name).length + 1;
      const body: JsonObject = {
        name: `${textAt(secret.body, "name")}/versions/${number}`,
        createTime: call.world.identifiers.time(),
        state: "ENABLED",
        etag: `"${contentTag([name, number])}"`,
        replicationStatus: { automatic: {} },
      };
      call.world.state.put({
        api: "secretmanager",
        collection: "secretmanager.projects.secrets.versions",
        name: `${name}/versions/${number}`,
        body,
      });
      call.world.secretPayloads.set(`${name}/versions/${number}`, data);
      return body;
    },
  },
};

/** The version that a name means; `latest` is the newest. Undefined where there is none. */
export function findSecretVersion(world: World, name: string): Resource | undefined {
  const canonical = world.projects.withId(name);
  if (!canonical.endsWith("/versions/latest")) return world.state.get("secretmanager", canonical);
  return world.state.below("secretmanager", canonical.replace(/\/versions\/latest$/, "")).at(-1);
}

function versionOf(call: Call): Resource {
  const version = findSecretVersion(call.world, nameOf(call));
  if (version === undefined) throw new ApiError("NOT_FOUND", `Secret Version [${nameOf(call)}] not found.`);
  return version;
}

function turned(state: "ENABLED" | "DISABLED" | "DESTROYED"): Action {
  return (call) => {
    const version = versionOf(call);
    if (textAt(version.body, "state") === "DESTROYED") {
      throw new ApiError("FAILED_PRECONDITION", `Secret Version [${version.name}] is in DESTROYED state.`);
    }
    const isGone = state === "DESTROYED";
    if (isGone) call.world.secretPayloads.delete(version.name);
    version.body = {
      ...version.body,
      state,
      ...(isGone ? { destroyTime: call.world.identifiers.time() } : {}),
    };
    return version.body;
  };
}

const versions: Kind = {
  collection: "secretmanager.projects.secrets.versions",
  schema: "SecretVersion",
  actions: {
    get: (call) => versionOf(call).body,
    enable: turned("ENABLED"),
    disable: turned("DISABLED"),
    destroy: turned("DESTROYED"),
    access: (call) => {
      const { name, body } = versionOf(call);
      const data = call.world.secretPayloads.get(name);
      if (textAt(body, "state") !== "ENABLED" || data === undefined) {
        throw new ApiError(
          "FAILED_PRECONDITION",
          `Secret Version [${name}] is in ${textAt(body, "state")} state.`,
        );
      }
      return { name: textAt(body, "name"), payload: { data } };
    },
  },
};

/** Secrets, whose values no other call answers. */
export const secretManager: ApiModule = {
  shape: "secretmanager.v1",
  style: "proto",
  kinds: [secrets, versions],
};
