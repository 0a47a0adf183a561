import { ApiError } from "./api-error.ts";
import { contentTag } from "./identifiers.ts";
import { at, isObject, type Json, type JsonObject, listAt, objectsAt, textAt } from "./json.ts";

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: JsonObject;
}

/** The etag of a policy that nobody has set. */
const untouched = "ACAB";

/** IAM policies by the resource that they hang on, named `api/resource name`. */
export class Policies {
  readonly #policies = new Map<string, JsonObject>();
  #changes = 0;

  /** The policy with its etag; an empty one where none was set. */
  get(key: string): JsonObject {
    return this.#policies.get(key) ?? { version: 1, etag: untouched };
  }

  bindings(key: string): Binding[] {
    return objectsAt(this.get(key), "bindings").map((binding) => ({
      role: textAt(binding, "role"),
      members: listAt(binding, "members").filter((member) => typeof member === "string"),
      ...(isObject(binding["condition"]) ? { condition: binding["condition"] } : {}),
    }));
  }

  /** Sets the policy if `etag` names the one that is there, or is absent. */
  set(key: string, policy: JsonObject): JsonObject {
    const sent = textAt(policy, "etag");
    if (sent !== "" && sent !== textAt(this.get(key), "etag")) {
      const message =
        "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.";
      throw new ApiError("ABORTED", message);
    }
    return this.put(key, policy);
  }

  put(key: string, policy: JsonObject): JsonObject {
    this.#changes += 1;
    const bindings = mergeBindings(objectsAt(policy, "bindings"));
    const audit = listAt(policy, "auditConfigs");
    const isConditional = bindings.some((binding) => binding["condition"] !== undefined);
    const kept: JsonObject = {
      version: isConditional ? 3 : 1,
      etag: contentTag([this.#changes, bindings, audit]),
      ...(bindings.length > 0 ? { bindings } : {}),
      ...(audit.length > 0 ? { auditConfigs: audit } : {}),
    };
    this.#policies.set(key, kept);
    return kept;
  }

  remove(key: string): void {
    this.#policies.delete(key);
  }

  /** Drops a member everywhere, as deleting a service account does. */
  all(): ReadonlyMap<string, JsonObject> {
    return this.#policies;
  }
}

/** One binding a role and condition, members once each; what has no members goes. */
function mergeBindings(bindings: readonly JsonObject[]): JsonObject[] {
  const merged = new Map<string, { role: string; members: Set<string>; condition: Json | undefined }>();
  for (const binding of bindings) {
    const condition = at(binding, "condition");
    const role = textAt(binding, "role");
    const key = JSON.stringify([role, condition ?? null]);
    const entry = merged.get(key) ?? { role, members: new Set<string>(), condition };
    for (const member of listAt(binding, "members"))
      if (typeof member === "string") entry.members.add(member);
    merged.set(key, entry);
  }
  return [...merged.values()]
    .filter(({ members }) => members.size > 0)
    .map(({ role, members, condition }) => ({
      role,
      members: [...members].toSorted(),
      ...(condition === undefined ? {} : { condition }),
    }));
}
