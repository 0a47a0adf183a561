import { agentsOf, identityOf } from "./engine/accounts.ts";
import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, textAt, textsAt } from "./engine/json.ts";
import type { Action, ApiModule, Call } from "./engine/kind.ts";
import type { Project } from "./engine/projects.ts";
import { nameOf } from "./engine/resource-name.ts";
import { isServiceEnabled } from "./engine/service-state.ts";

const serviceName = /^[a-z][-a-z0-9]*\.googleapis\.com$/;

function projectOf(call: Call): Project {
  const project = call.world.projects.of(nameOf(call));
  if (project === undefined) {
    throw new ApiError(
      "PERMISSION_DENIED",
      `Not found or permission denied for service(s) of '${nameOf(call)}'.`,
    );
  }
  return project;
}

function serviceOf(call: Call): string {
  const service = nameOf(call).split("/").at(-1) ?? "";
  if (!serviceName.test(service)) {
    throw new ApiError("PERMISSION_DENIED", `Not found or permission denied for service(s): ${service}.`);
  }
  return service;
}

function serviceBody(call: Call, project: Project, service: string): JsonObject {
  return {
    name: `projects/${project.projectNumber}/services/${service}`,
    parent: `projects/${project.projectNumber}`,
    config: { name: service },
    state: isServiceEnabled(call.world, project.projectId, service) ? "ENABLED" : "DISABLED",
  };
}

function turn(call: Call, project: Project, service: string, state: "ENABLED" | "DISABLED"): void {
  const name = `projects/${project.projectId}/services/${service}`;
  call.world.state.put({ api: "serviceusage", collection: "serviceusage.services", name, body: { state } });
  if (state === "ENABLED") {
    for (const email of agentsOf(service, project.projectNumber)) call.world.accounts.bear(email);
  }
}

function finished(call: Call, response: JsonObject): JsonObject {
  return call.world.operations.start("serviceusage", { parent: "", response: () => response });
}

const batchEnable: Action = (call) => {
  const project = projectOf(call);
  const services = textsAt(call.body, "serviceIds");
  const wrong = services.find((service) => !serviceName.test(service));
  if (services.length === 0 || services.length > 20) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `'serviceIds' must name 1 to 20 services, got ${services.length}.`,
    );
  }
  if (wrong !== undefined) {
    throw new ApiError("PERMISSION_DENIED", `Not found or permission denied for service(s): ${wrong}.`);
  }
  for (const service of services) turn(call, project, service, "ENABLED");
  return finished(call, { services: services.map((service) => serviceBody(call, project, service)) });
};

const enabledServices: Action = (call) => {
  const project = projectOf(call);
  const wanted = /state:ENABLED/.test(textAt(call.query, "filter"));
  const known = call.world.state
    .all({ collection: "serviceusage.services" })
    .map(({ name }) => name.split("/").at(-1) ?? "");
  const always = ["bigquery", "logging", "monitoring", "serviceusage", "storage-api", "storage"];
  const names = new Set([...always.map((name) => `${name}.googleapis.com`), ...known]);
  const services = [...names]
    .map((service) => serviceBody(call, project, service))
    .filter(({ state }) => !wanted || state === "ENABLED");
  return { services };
};

/** Which APIs a project may use, and the agents that come with them. */
export const serviceUsageModules: readonly ApiModule[] = [
  {
    shape: "serviceusage.v1",
    style: "proto",
    kinds: [],
    actions: {
      "serviceusage.operations.get": (call) =>
        call.world.operations.get("serviceusage", call.parameters["name"] ?? ""),
      "serviceusage.services.get": (call) => serviceBody(call, projectOf(call), serviceOf(call)),
      "serviceusage.services.list": enabledServices,
      "serviceusage.services.batchGet": (call) => {
        const project = projectOf(call);
        const names = textsAt(call.query, "names").map((name) => name.split("/").at(-1) ?? "");
        return { services: names.map((service) => serviceBody(call, project, service)) };
      },
      "serviceusage.services.enable": (call) => {
        const project = projectOf(call);
        turn(call, project, serviceOf(call), "ENABLED");
        return finished(call, { service: serviceBody(call, project, serviceOf(call)) });
      },
      "serviceusage.services.disable": (call) => {
        const project = projectOf(call);
        turn(call, project, serviceOf(call), "DISABLED");
        return finished(call, { service: serviceBody(call, project, serviceOf(call)) });
      },
      "serviceusage.services.batchEnable": batchEnable,
    },
  },
  {
    shape: "serviceusage.v1beta1",
    style: "proto",
    kinds: [],
    actions: {
      "serviceusage.services.generateServiceIdentity": (call) => {
        const project = projectOf(call);
        const service = serviceOf(call);
        const email = identityOf(service, project.projectNumber);
        if (email === undefined) {
          throw new ApiError("FAILED_PRECONDITION", `The service ${service} has no service agent.`);
        }
        call.world.accounts.bear(email);
        return finished(call, { email, uniqueId: call.world.identifiers.number() });
      },
    },
  },
];
