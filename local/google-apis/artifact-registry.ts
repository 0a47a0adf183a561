import { ApiError } from "./engine/api-error.ts";
import { at, objectAt, textAt } from "./engine/json.ts";
import type { ApiModule, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";

const repositories: Kind = {
  collection: "artifactregistry.projects.locations.repositories",
  schema: "Repository",
  check: (next, before) => {
    const id = textAt(next, "name").split("/").at(-1) ?? "";
    if (!/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(id)) {
      throw new ApiError("INVALID_ARGUMENT", `Invalid repository id '${id}'.`);
    }
    if (textAt(next, "format") === "")
      throw new ApiError("INVALID_ARGUMENT", "The repository's format is required.");
    if (before !== undefined && before["format"] !== next["format"]) {
      throw new ApiError("INVALID_ARGUMENT", "The repository's format cannot be changed.");
    }
  },
  complete: (next) => ({
    mode: "STANDARD_REPOSITORY",
    ...next,
    vulnerabilityScanningConfig: {
      enablementState: "SCANNING_DISABLED",
      ...objectAt(next, "vulnerabilityScanningConfig"),
    },
    ...(at(next, "format") === "DOCKER" ? { dockerConfig: next["dockerConfig"] ?? {} } : {}),
    registryUri: textAt(next, "name").replace(
      /^projects\/([^/]+)\/locations\/([^/]+)\/repositories\/(.*)$/,
      "$2-docker.pkg.dev/$1/$3",
    ),
  }),
};

/** Repositories only: what is in them is the registry's, which stands elsewhere. */
export const artifactRegistry: ApiModule = {
  shape: "artifactregistry.v1",
  style: "proto",
  kinds: [repositories],
  actions: {
    "artifactregistry.projects.locations.operations.get": (call) =>
      call.world.operations.get("artifactregistry", nameOf(call)),
  },
};
