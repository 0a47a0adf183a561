import { ApiError } from "./engine/api-error.ts";
import {
  at,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
} from "./engine/json.ts";
import type { ApiModule, Call, Kind } from "./engine/kind.ts";
import { objectiveKinds } from "./monitoring-objectives.ts";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

const conditionTypes = [
  "conditionThreshold",
  "conditionAbsent",
  "conditionMatchedLog",
  "conditionMonitoringQueryLanguage",
  "conditionPrometheusQueryLanguage",
  "conditionSql",
];

function checkConditions(next: JsonObject): void {
  const conditions = objectsAt(next, "conditions");
  if (conditions.length === 0 || conditions.length > 6) {
    refuse(`Field alert_policy.conditions must hold 1 to 6 conditions, got ${conditions.length}.`);
  }
  for (const condition of conditions) {
    const given = conditionTypes.filter((type) => condition[type] !== undefined);
    if (given.length !== 1)
      refuse(`A condition needs exactly one of ${conditionTypes.join(", ")}, got ${given.length}.`);
    if (textAt(condition, "displayName") === "")
      refuse("Field alert_policy.conditions.display_name is required.");
    const query = at(condition, "conditionPrometheusQueryLanguage.query");
    if (query === "")
      refuse("Field alert_policy.conditions.condition_prometheus_query_language.query is required.");
  }
  const isLogMatch = conditions.some((condition) => condition["conditionMatchedLog"] !== undefined);
  if (!isLogMatch) return;
  if (conditions.length > 1)
    refuse("An alert policy with a log match condition must have exactly one condition.");
  if (at(next, "alertStrategy.notificationRateLimit") === undefined) {
    refuse("Field alert_policy.alert_strategy.notification_rate_limit is required for log match conditions.");
  }
}

function checkChannels(next: JsonObject, call: Call): void {
  for (const channel of textsAt(next, "notificationChannels")) {
    const name = call.world.projects.withId(channel);
    if (call.world.state.get("monitoring", name) === undefined) {
      throw new ApiError("NOT_FOUND", `Notification channel '${channel}' does not exist.`);
    }
  }
}

function mutation(call: Call): JsonObject {
  return { mutateTime: call.world.identifiers.time(), mutatedBy: call.caller.replace(/^[a-zA-Z]+:/, "") };
}

const alertPolicies: Kind = {
  collection: "monitoring.projects.alertPolicies",
  schema: "AlertPolicy",
  identify: (call) => call.world.identifiers.number(),
  check: (next, _before, call) => {
    checkConditions(next);
    checkChannels(next, call);
  },
  complete: (next, before, call) => {
    const name = textAt(next, "name");
    const conditions = objectsAt(next, "conditions").map((condition) => ({
      ...condition,
      name: textAt(condition, "name") || `${name}/conditions/${call.world.identifiers.number()}`,
    }));
    return {
      enabled: true,
      ...next,
      conditions,
      creationRecord: before?.["creationRecord"] ?? mutation(call),
      mutationRecord: mutation(call),
    };
  },
};

const channelLabels: Readonly<Record<string, readonly string[]>> = {
  email: ["email_address"],
  pagerduty: ["service_key"],
  slack: ["channel_name"],
  pubsub: ["topic"],
  webhook_tokenauth: ["url"],
  webhook_basicauth: ["url", "username"],
  sms: ["number"],
  google_chat: ["space"],
};

const secretLabels = ["service_key", "auth_token", "password"];

const notificationChannels: Kind = {
  collection: "monitoring.projects.notificationChannels",
  schema: "NotificationChannel",
  identify: (call) => call.world.identifiers.number(),
  check: (next) => {
    const type = textAt(next, "type");
    const needed = channelLabels[type];
    if (needed === undefined)
      refuse(`Channel type '${type}' is not one of ${Object.keys(channelLabels).join(", ")}.`);
    const missing = needed.filter((label) => textAt(next, `labels.${label}`) === "");
    if (missing.length > 0) refuse(`Missing labels of a channel of type '${type}': ${missing.join(", ")}.`);
  },
  complete: (next, before, call) => ({
    enabled: true,
    ...next,
    creationRecord: before?.["creationRecord"] ?? mutation(call),
    mutationRecords: [mutation(call)],
  }),
  // What signs in elsewhere is answered as stars.
  present: (body) => {
    const labels = objectAt(body, "labels");
    const shown = Object.entries(labels).map(([name, value]) => [
      name,
      secretLabels.includes(name) ? "**********" : value,
    ]);
    return Object.keys(labels).length === 0 ? body : { ...body, labels: Object.fromEntries(shown) };
  },
  checkDeletion: (resource, call) => {
    if (call.query["force"] === true) return;
    const user = call.world.state
      .all({ collection: "monitoring.projects.alertPolicies" })
      .find(({ body }) => listAt(body, "notificationChannels").includes(resource.name));
    if (user !== undefined) {
      throw new ApiError(
        "FAILED_PRECONDITION",
        `Cannot delete notification channel ${resource.name}: it is used by ${user.name}. Set 'force' to delete it all the same.`,
      );
    }
  },
};

const uptimeCheckConfigs: Kind = {
  collection: "monitoring.projects.uptimeCheckConfigs",
  schema: "UptimeCheckConfig",
  identify: (call, body) => {
    const words = textAt(body, "displayName")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-");
    return `${words}-${call.world.identifiers.suffix(11)}`;
  },
  check: (next) => {
    if (next["httpCheck"] === undefined && next["tcpCheck"] === undefined)
      refuse("An uptime check needs an HTTP or TCP check.");
    const period = Number(textAt(next, "period").replace(/s$/, "") || "60");
    if (![60, 300, 600, 900].includes(period))
      refuse(`'period' must be 60s, 300s, 600s or 900s, got ${period}s.`);
    const regions = listAt(next, "selectedRegions");
    if (regions.length > 0 && regions.length < 3 && !regions.includes("USA")) {
      refuse("'selected_regions' must be empty or name enough regions for three checkers.");
    }
  },
  complete: (next) => {
    const http = objectAt(next, "httpCheck");
    const isSsl = http["useSsl"] === true;
    const defaults = { requestMethod: "GET", path: "/", port: isSsl ? 443 : 80 };
    return {
      period: "60s",
      timeout: "10s",
      checkerType: "STATIC_IP_CHECKERS",
      ...next,
      ...(isObject(next["httpCheck"]) ? { httpCheck: { ...defaults, ...http } } : {}),
    };
  },
};

const dashboards: Kind = {
  collection: "monitoring.projects.dashboards",
  schema: "Dashboard",
  identify: (call, body) => textAt(body, "name").split("/").at(-1) || call.world.identifiers.uuid(),
  check: (next) => {
    if (textAt(next, "displayName") === "") refuse("Field displayName is required.");
    const layouts = ["gridLayout", "mosaicLayout", "rowLayout", "columnLayout"].filter(
      (name) => next[name] !== undefined,
    );
    if (layouts.length > 1) refuse(`A dashboard has one layout, got ${layouts.join(", ")}.`);
    for (const tile of objectsAt(next, "mosaicLayout.tiles"))
      checkTile(tile, at(next, "mosaicLayout.columns"));
  },
  complete: (next, before, call) => ({
    ...next,
    name: before?.["name"] ?? call.world.projects.withNumber(textAt(next, "name")),
  }),
};

function checkTile(tile: JsonObject, columns: unknown): void {
  const right = Number(tile["xPos"] ?? 0) + Number(tile["width"] ?? 0);
  if (typeof columns === "number" && right > columns) {
    refuse(`A tile reaches to column ${right} of ${columns}.`);
  }
}

const groups: Kind = {
  collection: "monitoring.projects.groups",
  schema: "Group",
  identify: (call) => call.world.identifiers.number(),
  check: (next) => {
    if (textAt(next, "filter") === "") refuse("Field group.filter is required.");
  },
};

/** Cloud Monitoring's configuration, of which v1 has the dashboards and v3 the rest, under one address. */
export const monitoringModules: readonly ApiModule[] = [
  { shape: "monitoring.v1", style: "proto", kinds: [dashboards] },
  {
    shape: "monitoring.v3",
    style: "proto",
    kinds: [alertPolicies, notificationChannels, uptimeCheckConfigs, groups, ...objectiveKinds],
  },
];
