import { BillingBudget } from "@cdktf/provider-google/lib/billing-budget/index.js";
import type { Construct } from "constructs";

export interface BudgetProps {
  readonly name: string;
  readonly billingAccount: string;
  /** Google answers with the number whatever was sent: an id would be a change at every plan. */
  readonly projectNumber: string;
  /** A month's, in whole units of the currency. */
  readonly amount: number;
  /** The billing account's own. */
  readonly currency: string;
  /** Shares of the amount that have been spent. @default half, nine tenths, all */
  readonly spent?: readonly number[];
  /** Shares of the amount that are forecast. @default 1.2 */
  readonly forecast?: readonly number[];
  /** Channels that are told, beside the billing account's administrators, at most five. @default none */
  readonly channels?: readonly string[];
}

/** Tells when a project's cost of a month passes shares of an amount. It stops nothing. */
export class Budget extends BillingBudget {
  constructor(scope: Construct, id: string, props: BudgetProps) {
    const { spent = [0.5, 0.9, 1], forecast = [1.2], channels = [] } = props;
    if (!/^[0-9]+$/.test(props.projectNumber)) {
      throw new Error(
        `'projectNumber' must be the project's number, digits only, got '${props.projectNumber}'`,
      );
    }
    super(scope, id, {
      billingAccount: props.billingAccount,
      displayName: props.name,
      amount: { specifiedAmount: { units: String(props.amount), currencyCode: props.currency } },
      budgetFilter: {
        projects: [`projects/${props.projectNumber}`],
        calendarPeriod: "MONTH",
        creditTypesTreatment: "INCLUDE_ALL_CREDITS",
      },
      thresholdRules: [
        ...spent.map((thresholdPercent) => ({ thresholdPercent, spendBasis: "CURRENT_SPEND" })),
        ...forecast.map((thresholdPercent) => ({ thresholdPercent, spendBasis: "FORECASTED_SPEND" })),
      ],
      ...(channels.length > 0 && { allUpdatesRule: { monitoringNotificationChannels: [...channels] } }),
    });
  }
}
