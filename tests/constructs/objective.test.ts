import { expect, test } from "vitest";
import { Objective, ObservedService } from "../../constructs/objective.ts";
import type { ObjectiveProps } from "../../constructs/objective.ts";
import { synthesiseConstruct } from "./synthesise-construct.ts";

const share = {
  kind: "share",
  all: 'metric.type="m"',
  bad: 'metric.type="m" AND metric.labels.c="5xx"',
} as const;

const objective = (changes: Partial<ObjectiveProps> = {}) =>
  synthesiseConstruct("google_monitoring_slo", (stack) => {
    const service = new ObservedService(stack, "service", { name: "photos", displayName: "Photos" });
    return new Objective(stack, "it", {
      service,
      name: "availability",
      promise: "It is there",
      goal: 0.999,
      indicator: share,
      ...changes,
    });
  });

test("a share of good requests is promised over 28 days", () => {
  expect(objective()).toMatchObject({
    service: expect.stringMatching(/^\$\{google_monitoring_custom_service\..*\.service_id\}$/),
    slo_id: "availability",
    display_name: "It is there",
    goal: 0.999,
    rolling_period_days: 28,
    request_based_sli: {
      good_total_ratio: { total_service_filter: share.all, bad_service_filter: share.bad },
    },
  });
});

test("a limit of a distribution is promised over as many days as told", () => {
  const indicator = { kind: "at-most", distribution: 'metric.type="d"', limit: 1_500 } as const;
  expect(objective({ indicator, days: 7 })).toMatchObject({
    rolling_period_days: 7,
    request_based_sli: {
      distribution_cut: { distribution_filter: 'metric.type="d"', range: { max: 1_500 } },
    },
  });
});

test.each([0, 1, 99.9, Number.NaN])("a goal of %j is refused", (goal) => {
  expect(() => objective({ goal })).toThrow(
    `'goal' must lie between 0 and 1, both excluded (0.999 for 99.9 %), got ${goal}`,
  );
});

test.each([0, 31, 1.5])("%j days are refused", (days) => {
  expect(() => objective({ days })).toThrow(`'days' must be a whole number from 1 to 30, got ${days}`);
});
