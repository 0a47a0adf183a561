import { selfLink } from "./compute-references.ts";
import type { JsonObject } from "./json.ts";
import type { Action, Call } from "./kind.ts";
import { expandedPath } from "./resource-name.ts";

/** An operation of compute: born finished, since nothing here takes time. Zone, region or global as its target is. */
export function computeOperation(
  call: Call,
  type: string,
  target: { readonly name: string; readonly id: string },
): JsonObject {
  const { identifiers, operations } = call.world;
  const scope = target.name.match(/^projects\/[^/]+\/(?:regions\/[^/]+|global)/)?.[0] ?? "";
  const now = identifiers.time();
  const id = identifiers.number();
  const name = `operation-${id}-${identifiers.suffix(8)}`;
  const region = scope.match(/regions\/[^/]+$/) === null ? {} : { region: selfLink(scope) };
  const reply: JsonObject = {
    kind: "compute#operation",
    id,
    name,
    operationType: type,
    targetLink: selfLink(target.name),
    targetId: target.id,
    status: "DONE",
    user: call.caller.replace(/^[a-zA-Z]+:/, ""),
    progress: 100,
    insertTime: now,
    startTime: now,
    endTime: now,
    selfLink: selfLink(`${scope}/operations/${name}`),
    ...region,
  };
  operations.keep("compute", `${scope}/operations/${name}`, reply);
  return reply;
}

const read: Action = (call) => {
  const name = expandedPath(call.method, call.parameters).replace(/\/wait$/, "");
  return call.world.operations.get("compute", call.world.projects.withId(name));
};

const list: Action = (call) => {
  const parent = call.world.projects
    .withId(expandedPath(call.method, call.parameters))
    .replace(/\/operations$/, "");
  return {
    kind: "compute#operationList",
    id: call.methodId,
    items: call.world.operations.under("compute", parent),
  };
};

/** Reading and awaiting operations. */
export const operationActions: Readonly<Record<string, Action>> = {
  "compute.globalOperations.get": read,
  "compute.globalOperations.wait": read,
  "compute.globalOperations.list": list,
  "compute.regionOperations.get": read,
  "compute.regionOperations.wait": read,
  "compute.regionOperations.list": list,
};
