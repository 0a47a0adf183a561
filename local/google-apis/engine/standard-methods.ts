import { ApiError } from "./api-error.ts";
import { applyMask, mergePatch, replaceFields, withoutNulls } from "./field-mask.ts";
import type { JsonObject } from "./json.ts";
import { textAt } from "./json.ts";
import type { Action, Call, Kind } from "./kind.ts";
import { collectionOf, nameOf, newName, resourceIn } from "./resource-name.ts";
import type { Resource } from "./state.ts";
import type { Style } from "./style.ts";

/** The resource that a call names, or the API's own 404. */
export function find(call: Call, style: Style, kind?: Kind): Resource {
  const name = nameOf(call, kind);
  const found = call.world.state.get(call.shape.api, name);
  if (found === undefined) throw style.notFound(name);
  return found;
}

/** The standard methods of a kind, as its API's style does them: by their last name. */
export function standardMethods(kind: Kind, style: Style): Readonly<Record<string, Action>> {
  const answer = (resource: Resource, call: Call): JsonObject => {
    const shown = style.present(resource.body, kind, call);
    return kind.present?.(shown, call) ?? shown;
  };

  const create: Action = (call) => {
    const sent = withoutNulls(resourceIn(call, kind).body);
    const name = newName(call, kind, sent);
    style.checkName(name, sent);
    const { state } = call.world;
    if (state.get(call.shape.api, name) !== undefined) throw style.alreadyExists(name);
    style.checkParent(name, call);
    const body = complete(name, style.checkReferences(sent, call), undefined, call);
    const resource = { api: call.shape.api, collection: kind.collection, name, body };
    const isTrial = call.query["validateOnly"] === true;
    if (!isTrial) state.put(resource);
    return style.changed("insert", resource, call, kind, {
      answer: () => answer(resource, call),
      ...(kind.settle === undefined || isTrial ? {} : { settle: settling(resource, undefined, call) }),
    });
  };

  const update: Action = (call) => {
    const { body: sent, mask } = resourceIn(call, kind);
    const resource = find(call, style, kind);
    style.checkVersion(resource, sent, call);
    const before = resource.body;
    const merged =
      mask !== ""
        ? applyMask(call.shape, kind.schema, mask, before, sent)
        : call.method.verb === "PATCH" && style.isMerging
          ? mergePatch(before, sent)
          : style.replaced(before, replaceFields(before, sent));
    const next = complete(resource.name, style.checkReferences(merged, call, resource.name), before, call);
    resource.body = next;
    return style.changed("patch", resource, call, kind, {
      answer: () => answer(resource, call),
      ...(kind.settle === undefined ? {} : { settle: settling(resource, before, call) }),
    });
  };

  const remove: Action = (call) => {
    const resource = find(call, style, kind);
    style.checkVersion(resource, call.query, call);
    style.checkUnused(resource, call);
    kind.checkDeletion?.(resource, call);
    if (kind.remove !== undefined) return kind.remove(resource, call);
    const below = call.world.state.below(call.shape.api, resource.name);
    for (const { api, name } of [...below, resource]) {
      call.world.state.remove(api, name);
      call.world.policies.remove(`${api}/${name}`);
    }
    kind.afterDeletion?.(resource, call);
    return style.changed("delete", resource, call, kind, { answer: () => answer(resource, call) });
  };

  const list: Action = (call) => {
    const parent = `${nameOf(call, undefined)}/`;
    const found = call.world.state
      .all({ api: call.shape.api, collection: collectionOf(call.methodId) })
      .filter(({ name }) => name.startsWith(parent.replace("/-/", "/")) || parent.includes("/-/"));
    return style.list(
      call,
      found.map((resource) => answer(resource, call)),
    );
  };

  const get: Action = (call) => answer(find(call, style, kind), call);

  const settling = (resource: Resource, before: JsonObject | undefined, call: Call) => () =>
    kind.settle?.(resource, before, call) ?? Promise.resolve();

  const complete = (
    name: string,
    sent: JsonObject,
    before: JsonObject | undefined,
    call: Call,
  ): JsonObject => {
    const next = { ...sent, name: sent["name"] ?? name };
    kind.check?.(next, before, call);
    const filled = style.complete(name, next, before, call, kind);
    return style.sealed(kind.complete?.(filled, before, call) ?? filled, kind, call);
  };

  return {
    create,
    createAsync: create,
    insert: create,
    get,
    list,
    patch: update,
    update,
    updateAsync: update,
    delete: remove,
  };
}

/** Refuses an update of a field that the API lets nobody change. */
export function checkUnchanged(
  next: JsonObject,
  before: JsonObject | undefined,
  paths: readonly string[],
): void {
  if (before === undefined) return;
  for (const path of paths) {
    if (textAt(next, path) !== textAt(before, path)) {
      throw new ApiError("INVALID_ARGUMENT", `The field '${path}' is immutable and cannot be updated.`);
    }
  }
}
