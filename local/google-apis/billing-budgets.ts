import { ApiError } from "./engine/api-error.ts";
import { objectAt, objectsAt, textAt, textsAt } from "./engine/json.ts";
import type { ApiModule, Kind } from "./engine/kind.ts";

const budgets: Kind = {
  collection: "billingbudgets.billingAccounts.budgets",
  schema: "GoogleCloudBillingBudgetsV1Budget",
  identify: (call) => call.world.identifiers.uuid(),
  check: (next, _before, call) => {
    if (next["amount"] === undefined) throw new ApiError("INVALID_ARGUMENT", "'budget.amount' is required.");
    for (const project of textsAt(next, "budgetFilter.projects")) {
      if (call.world.projects.of(project) === undefined) {
        throw new ApiError("INVALID_ARGUMENT", `The project '${project}' does not exist.`);
      }
    }
    for (const channel of textsAt(next, "notificationsRule.monitoringNotificationChannels")) {
      if (call.world.state.get("monitoring", call.world.projects.withId(channel)) === undefined) {
        throw new ApiError("INVALID_ARGUMENT", `The notification channel '${channel}' does not exist.`);
      }
    }
  },
  complete: (next, _before, call) => {
    const filter = objectAt(next, "budgetFilter");
    const projects = textsAt(filter, "projects").map((name) => call.world.projects.withNumber(name));
    const rules = objectsAt(next, "thresholdRules").map((rule) => ({ spendBasis: "CURRENT_SPEND", ...rule }));
    const isByDates = filter["customPeriod"] !== undefined;
    return {
      ...next,
      budgetFilter: {
        creditTypesTreatment: "INCLUDE_ALL_CREDITS",
        ...(isByDates ? {} : { calendarPeriod: "MONTH" }),
        ...filter,
        ...(projects.length > 0 ? { projects } : {}),
      },
      ...(rules.length > 0 ? { thresholdRules: rules } : {}),
      ...(textAt(next, "amount.specifiedAmount.units") === ""
        ? {}
        : {
            amount: {
              specifiedAmount: { currencyCode: "EUR", ...objectAt(next, "amount.specifiedAmount") },
            },
          }),
    };
  },
};

/** Budgets, which name projects by their numbers whatever they were given. */
export const billingBudgets: ApiModule = { shape: "billingbudgets.v1", style: "proto", kinds: [budgets] };
