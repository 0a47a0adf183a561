import type { Step } from "./step.ts";

export const closedDoors: Step = {
  title: "Nobody comes in by another way",
  run: (stage) => {
    const services = stage.platform.world.state.all({ collection: "run.projects.locations.services" });
    const open = services.filter(({ body }) => body["ingress"] === "INGRESS_TRAFFIC_ALL");
    if (open.length > 0) {
      throw new Error(
        `the internet reaches ${open.map(({ name }) => name).join(", ")} past the load balancer: ingress is 'all'`,
      );
    }
    for (const { name } of services) {
      for (const { role, members } of stage.platform.world.policies.bindings(`run/${name}`)) {
        const anyone = members.find((member) => member === "allUsers" || member === "allAuthenticatedUsers");
        if (anyone !== undefined) throw new Error(`${name} gives ${role} to ${anyone}`);
      }
    }
    return Promise.resolve(`${services.length} services, none open to the internet or to everyone`);
  },
};
