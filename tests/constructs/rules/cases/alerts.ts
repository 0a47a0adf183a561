import {
  MonitoringAlertPolicy,
  type MonitoringAlertPolicyConditions,
  type MonitoringAlertPolicyConfig,
} from "@cdktf/provider-google/lib/monitoring-alert-policy/index.js";
import {
  MonitoringUptimeCheckConfig,
  type MonitoringUptimeCheckConfigHttpCheck,
} from "@cdktf/provider-google/lib/monitoring-uptime-check-config/index.js";
import type { TerraformStack } from "cdktf";
import { alertChannel } from "../../../../constructs/rules/monitoring/alert-channel.ts";
import { alertRunbook } from "../../../../constructs/rules/monitoring/alert-runbook.ts";
import { alertSeverity } from "../../../../constructs/rules/monitoring/alert-severity.ts";
import { logMatchAlert } from "../../../../constructs/rules/monitoring/log-match-alert.ts";
import { metricValidation } from "../../../../constructs/rules/monitoring/metric-validation.ts";
import { queryLanguage } from "../../../../constructs/rules/monitoring/query-language.ts";
import { uptimeCheck } from "../../../../constructs/rules/monitoring/uptime-check.ts";
import type { RuleCase } from "./rule-case.ts";

const promql = (query: string, disableMetricValidation = false): MonitoringAlertPolicyConditions => ({
  displayName: "it",
  conditionPrometheusQueryLanguage: { query, disableMetricValidation },
});
const plain = promql("vector(1) > 2");
const logMatch: MonitoringAlertPolicyConditions = {
  displayName: "log",
  conditionMatchedLog: { filter: "severity=ERROR" },
};

const alert = (stack: TerraformStack, config: Partial<MonitoringAlertPolicyConfig> = {}) =>
  new MonitoringAlertPolicy(stack, "it", {
    displayName: "it",
    combiner: "OR",
    conditions: [plain],
    ...config,
  });

function check(
  stack: TerraformStack,
  labels: Record<string, string>,
  httpCheck: MonitoringUptimeCheckConfigHttpCheck,
): void {
  new MonitoringUptimeCheckConfig(stack, "it", {
    displayName: "it",
    timeout: "10s",
    monitoredResource: { type: "uptime_url", labels },
    httpCheck,
  });
}

export const alerts: readonly RuleCase[] = [
  {
    rule: alertRunbook,
    breaks: [
      {
        build: (stack) => alert(stack),
        says: [
          "google_monitoring_alert_policy.it: documentation.content is not set",
          "google_monitoring_alert_policy.it: documentation.links names no runbook, got not set",
        ],
      },
      {
        build: (stack) =>
          alert(stack, {
            documentation: { content: "Look.", links: [{ displayName: "Runbook", url: "docs/it.md" }] },
          }),
        says: ['google_monitoring_alert_policy.it: documentation.links names no runbook, got "docs/it.md"'],
      },
    ],
    keeps: (stack) =>
      alert(stack, {
        documentation: {
          content: "Look.",
          links: [{ displayName: "Runbook", url: "https://example.com/it.md" }],
        },
      }),
  },
  {
    rule: alertChannel,
    breaks: [
      {
        build: (stack) => alert(stack, { notificationChannels: [], enabled: false }),
        says: [
          "google_monitoring_alert_policy.it: notification_channels is empty",
          "google_monitoring_alert_policy.it: enabled is false",
        ],
      },
    ],
    keeps: (stack) => alert(stack, { notificationChannels: ["projects/p/notificationChannels/1"] }),
  },
  {
    rule: alertSeverity,
    breaks: [
      { build: (stack) => alert(stack), says: ["google_monitoring_alert_policy.it: severity is not set"] },
      {
        build: (stack) => alert(stack, { severity: "HIGH" }),
        says: ['google_monitoring_alert_policy.it: severity is "HIGH"'],
      },
    ],
    keeps: (stack) => alert(stack, { severity: "ERROR" }),
  },
  {
    rule: logMatchAlert,
    breaks: [
      {
        build: (stack) => alert(stack, { conditions: [logMatch, plain] }),
        says: [
          "google_monitoring_alert_policy.it: a log-match condition stands among 2 conditions",
          "google_monitoring_alert_policy.it: alert_strategy.notification_rate_limit is not set",
        ],
      },
    ],
    keeps: (stack) =>
      alert(stack, { conditions: [logMatch], alertStrategy: { notificationRateLimit: { period: "300s" } } }),
  },
  {
    rule: metricValidation,
    breaks: [
      {
        build: (stack) =>
          alert(stack, {
            conditions: [
              {
                displayName: "errors",
                conditionThreshold: {
                  comparison: "COMPARISON_GT",
                  duration: "0s",
                  filter: 'metric.type="logging.googleapis.com/user/errors"',
                },
              },
              promql("rate(logging_googleapis_com:user_errors[5m]) > 0"),
            ],
          }),
        says: [
          'google_monitoring_alert_policy.it: the filter of "errors" names a metric that may not exist yet',
          'google_monitoring_alert_policy.it: the query of "it" names a metric that may not exist yet',
        ],
      },
    ],
    keeps: (stack) =>
      alert(stack, { conditions: [promql("rate(logging_googleapis_com:user_errors[5m]) > 0", true)] }),
  },
  {
    rule: queryLanguage,
    breaks: [
      {
        build: (stack) =>
          alert(stack, {
            conditions: [
              {
                displayName: "it",
                conditionMonitoringQueryLanguage: { duration: "0s", query: "fetch cloud_run_revision" },
              },
            ],
          }),
        says: ["google_monitoring_alert_policy.it: a condition is written in the Monitoring Query Language"],
      },
    ],
    keeps: (stack) => alert(stack),
  },
  {
    rule: uptimeCheck,
    breaks: [
      {
        build: (stack) => check(stack, { host: "photos.example.com" }, { useSsl: true }),
        says: [
          "google_monitoring_uptime_check_config.it: monitored_resource.labels.project_id is not set",
          "google_monitoring_uptime_check_config.it: http_check.validate_ssl is not set",
        ],
      },
    ],
    keeps: (stack) =>
      check(
        stack,
        { host: "photos.example.com", project_id: "imgstream-dev" },
        { useSsl: true, validateSsl: true },
      ),
  },
];
