import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, objectAt, shown, textAt } from "./engine/json.ts";
import type { Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

/** Services and objectives answer with the project's number. */
function numbered(next: JsonObject, before: JsonObject | undefined, call: Call): JsonObject {
  return { ...next, name: before?.["name"] ?? call.world.projects.withNumber(textAt(next, "name")) };
}

const services: Kind = {
  collection: "monitoring.services",
  schema: "Service",
  check: (next) => {
    const id = textAt(next, "name").split("/").at(-1) ?? "";
    if (!/^[a-z0-9-]{1,63}$/.test(id)) refuse(`Invalid service id '${id}'.`);
  },
  complete: (next, before, call) => {
    const named = numbered(next, before, call);
    const isBasic = next["basicService"] !== undefined;
    const telemetry = objectAt(next, "telemetry");
    return {
      ...named,
      ...(isBasic || next["custom"] !== undefined ? {} : { custom: {} }),
      telemetry:
        isBasic && telemetry["resourceName"] === undefined ? telemetry : { resourceName: "", ...telemetry },
    };
  },
};

const serviceLevelObjectives: Kind = {
  collection: "monitoring.services.serviceLevelObjectives",
  schema: "ServiceLevelObjective",
  check: (next, _before, call) => {
    const parent = nameOf(call).replace(/\/serviceLevelObjectives.*$/, "");
    if (call.world.state.get("monitoring", parent) === undefined) {
      throw new ApiError("NOT_FOUND", `Service '${parent}' was not found.`);
    }
    const goal = next["goal"];
    if (typeof goal !== "number" || goal <= 0 || goal >= 1)
      refuse(`'goal' must be between 0 and 1, got ${shown(goal)}.`);
    const days = Number(textAt(next, "rollingPeriod").replace(/s$/, "")) / 86_400;
    if (next["rollingPeriod"] !== undefined && (!Number.isInteger(days) || days < 1 || days > 30)) {
      refuse(`'rollingPeriod' must be 1 to 30 whole days, got ${textAt(next, "rollingPeriod")}.`);
    }
    if (next["rollingPeriod"] === undefined && next["calendarPeriod"] === undefined) {
      refuse("An objective needs 'rollingPeriod' or 'calendarPeriod'.");
    }
    if (Object.keys(objectAt(next, "serviceLevelIndicator")).length !== 1) {
      refuse("An objective needs exactly one indicator of basicSli, requestBased, windowsBased.");
    }
  },
  complete: numbered,
};

export const objectiveKinds: readonly Kind[] = [services, serviceLevelObjectives];
