import { ApiError } from "../engine/api-error.ts";
import { isObject, type JsonObject, objectsAt, textAt } from "../engine/json.ts";
import type { Call, Kind } from "../engine/kind.ts";
import { changing, labelled, named } from "./networks.ts";
import { checkExpression } from "./rule-expression.ts";

/** Every policy ends with a rule for the rest; it has the lowest priority that there is. */
const lastPriority = 2147483647;

function defaultRule(): JsonObject {
  return {
    priority: lastPriority,
    action: "allow",
    preview: false,
    match: { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } },
    description: "default rule",
  };
}

function checkRule(rule: JsonObject): void {
  const match = isObject(rule["match"]) ? rule["match"] : {};
  const expression = textAt(match, "expr.expression");
  if (expression === "" && textAt(match, "versionedExpr") === "") {
    throw new ApiError(
      "INVALID_ARGUMENT",
      "Invalid value for field 'resource.match': ''. A rule needs an expression or IP ranges.",
    );
  }
  if (expression.length > 2048) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      "Invalid value for field 'resource.match.expr.expression': longer than 2048 characters.",
    );
  }
  try {
    if (expression !== "") checkExpression(expression);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Invalid value for field 'resource.match.expr.expression': '${expression}'. Error parsing Cloud Armor rule matcher expression: ${reason}`;
    throw new ApiError("INVALID_ARGUMENT", message, { cause });
  }
}

function complete(rule: JsonObject): JsonObject {
  checkRule(rule);
  return { kind: "compute#securityPolicyRule", preview: false, description: "", ...rule };
}

function priorityOf(call: Call): number {
  const given = call.query["priority"];
  return typeof given === "number" ? given : 0;
}

function withRule(body: JsonObject, rule: JsonObject): JsonObject {
  const others = objectsAt(body, "rules").filter((known) => known["priority"] !== rule["priority"]);
  return { ...body, rules: [...others, complete(rule)] };
}

function ruleAt(body: JsonObject, priority: number): JsonObject {
  const found = objectsAt(body, "rules").find((known) => known["priority"] === priority);
  if (found === undefined) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `Invalid value for field 'priority': '${priority}'. There is no rule with this priority.`,
    );
  }
  return found;
}

export const securityPolicies: Kind = {
  collection: "compute.securityPolicies",
  schema: "SecurityPolicy",
  complete: (next) => {
    const given = objectsAt(next, "rules").map(complete);
    const priorities = given.map(({ priority }) => priority);
    if (new Set(priorities).size !== priorities.length) {
      throw new ApiError(
        "INVALID_ARGUMENT",
        "Invalid value for field 'resource.rules': two rules have the same priority.",
      );
    }
    const isComplete = priorities.includes(lastPriority);
    return { type: "CLOUD_ARMOR", ...next, rules: isComplete ? given : [...given, complete(defaultRule())] };
  },
  actions: {
    setLabels: labelled,
    getRule: (call) => ruleAt(named(call).body, priorityOf(call)),
    addRule: changing("addRule", (body, call) => {
      if (objectsAt(body, "rules").some(({ priority }) => priority === call.body["priority"])) {
        throw new ApiError("INVALID_ARGUMENT", "Cannot have rules with the same priorities.");
      }
      return withRule(body, call.body);
    }),
    patchRule: changing("patchRule", (body, call) => {
      const before = ruleAt(body, priorityOf(call));
      return withRule(body, { ...before, ...call.body });
    }),
    removeRule: changing("removeRule", (body, call) => {
      const gone = ruleAt(body, priorityOf(call));
      if (gone["priority"] === lastPriority)
        throw new ApiError("INVALID_ARGUMENT", "The default rule cannot be removed.");
      return { ...body, rules: objectsAt(body, "rules").filter((known) => known !== gone) };
    }),
  },
};
