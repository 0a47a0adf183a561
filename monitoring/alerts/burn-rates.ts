import type { Alert } from "../alert.ts";
import type { Instruments } from "../watched.ts";

interface Pace {
  readonly id: string;
  readonly rate: number;
  /** Both windows must burn: the long one says that it matters, the short one that it still goes on. */
  readonly lookbackMinutes: readonly [number, number];
  readonly urgency: Alert["urgency"];
  readonly spends: string;
}

/**
 * https://sre.google/workbook/alerting-on-slos/. The workbook's slowest pace looks back over three days; whether
 * Cloud Monitoring takes that is not documented, so the slowest here is 2 over a day.
 */
const paces: readonly Pace[] = [
  {
    id: "fast",
    rate: 14.4,
    lookbackMinutes: [60, 5],
    urgency: "page",
    spends: "2 % of the month's in an hour",
  },
  {
    id: "steady",
    rate: 6,
    lookbackMinutes: [360, 30],
    urgency: "page",
    spends: "5 % of the month's in six hours",
  },
  {
    id: "slow",
    rate: 2,
    lookbackMinutes: [1_440, 120],
    urgency: "ticket",
    spends: "7 % of the month's in a day",
  },
];

const objectives = {
  availability: { title: "errors", meaning: "Requests fail" },
  latency: { title: "slowness", meaning: "Requests are slow" },
} as const;

/** How fast the error budgets are used up. */
export function burnRateAlerts(instruments: Instruments): readonly Alert[] {
  return (["availability", "latency"] as const).flatMap((name) =>
    paces.map(({ id, rate, lookbackMinutes, urgency, spends }): Alert => {
      const [long, short] = lookbackMinutes.map((minutes) => ({
        kind: "burn-rate" as const,
        title: `Burn rate above ${rate} over ${minutes} minutes`,
        objective: instruments.objectives[name],
        lookbackMinutes: minutes,
        rate,
      }));
      if (long === undefined || short === undefined) throw new Error(`The pace '${id}' needs two windows`);
      return {
        id: `${name}-burn-${id}`,
        title: `The error budget for ${objectives[name].title} burns ${rate} times too fast`,
        urgency,
        meaning: `${objectives[name].meaning} so often that the objective's error budget shrinks by ${spends}.`,
        conditions: [long, short],
        combine: "all",
        runbook: `${name}-burn`,
      };
    }),
  );
}
