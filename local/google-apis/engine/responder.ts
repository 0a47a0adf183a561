import { type ApiShape, apiShape } from "../discovery/shape.ts";
import { requirePermission } from "./access.ts";
import { ApiError } from "./api-error.ts";
import { bigqueryStyle } from "./bigquery-style.ts";
import { checkBody, refusal } from "./body-check.ts";
import { computeStyle } from "./compute-style.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Action, ApiModule, ApiStyle, Call } from "./kind.ts";
import { permissionFor } from "./permissions.ts";
import { policyMethods } from "./policy-methods.ts";
import { protoStyle } from "./proto-style.ts";
import { checkQuery } from "./query.ts";
import { nameOf } from "./resource-name.ts";
import { type Route, RouteTable } from "./route-table.ts";
import { checkServiceEnabled } from "./service-state.ts";
import { find, standardMethods } from "./standard-methods.ts";
import { storageStyle } from "./storage-style.ts";
import type { Style } from "./style.ts";
import type { World } from "./world.ts";

const styles: Readonly<Record<ApiStyle, Style>> = {
  proto: protoStyle,
  compute: computeStyle,
  storage: storageStyle,
  bigquery: bigqueryStyle,
};

export interface Request {
  readonly verb: string;
  /** As it arrived, still encoded, without the query. */
  readonly rawPath: string;
  readonly search: URLSearchParams;
  /** Undefined where there is none. */
  readonly body: Json | undefined;
  readonly caller: string;
}

export interface Reply {
  readonly status: number;
  readonly body: JsonObject | undefined;
  readonly methodId: string | undefined;
}

interface Served {
  readonly action: Action;
  readonly style: Style;
}

/** What the permission must be held on: the resource, or where it is to be made. Some methods name the project apart. */
function askedOn(call: Call): string {
  const name = nameOf(call);
  if (call.world.projects.of(name) !== undefined) return name;
  const { query, parameters, body } = call;
  const project = query["project"] ?? query["projectId"] ?? parameters["projectId"] ?? body["projectId"];
  return typeof project === "string" ? `projects/${project}` : name;
}

/** Versions of an API share the ids of their methods. */
function keyOf(shape: ApiShape, methodId: string): string {
  return `${shape.version} ${methodId}`;
}

/** Every method that the shapes name, with what serves it. */
function methodTable(modules: readonly ApiModule[]): Map<string, Served> {
  const table = new Map<string, Served>();
  for (const module of modules) {
    const shape = apiShape(module.shape);
    const style = styles[module.style];
    for (const kind of module.kinds) {
      const onPolicy = policyMethods((call) => `${call.shape.api}/${find(call, style, kind).name}`, {
        policyIsBody: module.style === "storage",
      });
      const actions = { ...standardMethods(kind, style), ...onPolicy, ...kind.actions };
      for (const [name, action] of Object.entries(actions)) {
        const methodId = `${kind.collection}.${name}`;
        if (shape.methods[methodId] !== undefined) table.set(keyOf(shape, methodId), { action, style });
      }
    }
    for (const [methodId, action] of Object.entries(module.actions ?? {})) {
      table.set(keyOf(shape, methodId), { action, style });
    }
    for (const methodId of Object.keys(shape.methods)) {
      if (!table.has(keyOf(shape, methodId)))
        throw new Error(`nothing serves '${methodId}', which the shape ${module.shape} names`);
    }
  }
  return table;
}

/** Answers requests as Google's APIs do: finds the method, checks who asks and what is sent, and lets its API act. */
export class Responder {
  readonly #routes: RouteTable;
  readonly #methods: Map<string, Served>;
  readonly #world: World;

  constructor(modules: readonly ApiModule[], world: World) {
    this.#routes = new RouteTable(modules.map(({ shape }) => apiShape(shape)));
    this.#methods = methodTable(modules);
    this.#world = world;
  }

  async respond(request: Request): Promise<Reply> {
    const route = this.#routes.find(request.verb, request.rawPath);
    const served = route === undefined ? undefined : this.#methods.get(keyOf(route.shape, route.methodId));
    if (route === undefined || served === undefined) {
      const error = new ApiError(
        "NOT_FOUND",
        `No method of the stand-in is at ${request.verb} ${request.rawPath}.`,
      );
      return { status: error.httpStatus, body: error.toReply(false), methodId: undefined };
    }
    try {
      const body = await served.action(this.#check(route, request));
      const isEmpty = route.method.reply === undefined;
      return { status: isEmpty ? 204 : 200, body: isEmpty ? undefined : body, methodId: route.methodId };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return {
        status: error.httpStatus,
        body: error.toReply(served.style.isOlderFormat),
        methodId: route.methodId,
      };
    }
  }

  #check(route: Route, request: Request): Call {
    const { shape, methodId, method } = route;
    const { body, missing } =
      method.body === undefined
        ? { body: {}, missing: [] }
        : checkBody(shape, methodId, method.body, request.body ?? {});
    const call: Call = {
      shape,
      methodId,
      method,
      parameters: this.#canonical(route.parameters),
      query: checkQuery(method, request.search),
      body,
      caller: request.caller,
      world: this.#world,
    };
    checkServiceEnabled(call);
    const permission = permissionFor(methodId);
    if (permission !== undefined) requirePermission(call, permission, askedOn(call));
    if (missing.length > 0) throw refusal(missing);
    return call;
  }

  #canonical(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { projects } = this.#world;
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => {
        const isProject = name === "project" || name === "projectId";
        return [name, isProject ? (projects.find(value)?.projectId ?? value) : projects.withId(value)];
      }),
    );
  }
}
