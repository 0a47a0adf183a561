import { ApiError } from "./engine/api-error.ts";
import { textAt } from "./engine/json.ts";
import { nameOf } from "./engine/resource-name.ts";
import type { ApiModule } from "./engine/kind.ts";
import { jobKinds } from "./run/jobs.ts";
import { serviceKinds } from "./run/services.ts";

/** Cloud Run Admin v2. */
export const run: ApiModule = {
  shape: "run.v2",
  style: "proto",
  kinds: [...serviceKinds, ...jobKinds],
  actions: {
    "run.projects.locations.operations.get": (call) =>
      call.world.operations.wait("run", nameOf(call), call.world.operationPatienceSeconds),
    "run.projects.locations.operations.list": (call) => ({
      operations: call.world.operations.under("run", nameOf(call).replace(/\/operations$/, "")),
    }),
    "run.projects.locations.operations.wait": (call) => {
      const seconds = Number((textAt(call.body, "timeout") || "30s").replace(/s$/, ""));
      if (!Number.isFinite(seconds)) throw new ApiError("INVALID_ARGUMENT", "'timeout' is not a duration.");
      return call.world.operations.wait("run", nameOf(call), Math.min(seconds, 30));
    },
  },
};
