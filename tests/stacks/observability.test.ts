import { describe, expect, test } from "vitest";
import { environments } from "../../environments/index.ts";
import { PhotoPlatformStack } from "../../stacks/photo-platform-stack.ts";
import { synthesise } from "./plan-json.ts";

interface AlertFields {
  readonly display_name: string;
  readonly severity: string;
  readonly notification_channels: readonly string[];
  readonly user_labels: Readonly<Record<string, string>>;
  readonly documentation: {
    readonly content: string;
    readonly links: readonly { readonly display_name: string; readonly url: string }[];
  };
}

/** By hand, from the table of alerts. */
const always = [
  "web-errors",
  "web-latency",
  "availability-burn-fast",
  "availability-burn-steady",
  "availability-burn-slow",
  "latency-burn-fast",
  "latency-burn-steady",
  "latency-burn-slow",
  "near-limit",
  "processor",
  "memory",
  "slow-start",
  "queue",
  "unreachable",
  "certificate",
  "silence",
  "errors",
  "out-of-memory",
  "no-instance",
  "denied",
  "storage-errors",
  "storage-growth",
  "dead-letters",
  "old-messages",
  "commit-latency",
  "catalog-conflicts",
  "catalog-damage",
  "no-backup",
  "maintenance-failures",
];
const onRedis = ["cache-memory", "cache-evictions", "cache-unreachable"];

const instruments = {
  google_monitoring_slo: 2,
  google_monitoring_custom_service: 1,
  google_monitoring_uptime_check_config: 1,
  google_monitoring_dashboard: 1,
  google_monitoring_notification_channel: 1,
};

const pager = "projects/imgstream-production/notificationChannels/1000000000000000001";

describe.each(Object.values(environments))("$name", (environment) => {
  const stack = synthesise((app) => new PhotoPlatformStack(app, environment.name, environment));
  const alerts = stack.ofType("google_monitoring_alert_policy").map(({ path, fields }) => ({
    path,
    fields: fields as unknown as AlertFields,
  }));

  test("has the whole table of alerts, those on Redis where there is one", () => {
    const ids = alerts.map(({ fields }) => fields.user_labels["alert"] ?? "");
    expect(ids.toSorted()).toEqual(
      [...always, ...(environment.redis.tier === "none" ? [] : onRedis)].toSorted(),
    );
    expect(new Set(alerts.map(({ fields }) => fields.display_name)).size).toBe(alerts.length);
  });

  test("has two objectives, one uptime check, one dashboard, and the metrics that they need", () => {
    for (const [type, count] of Object.entries(instruments)) {
      expect([type, stack.ofType(type).length]).toEqual([type, count]);
    }
    // The third counts that Redis does not answer.
    const metrics = stack.ofType("google_logging_metric").length;
    expect(metrics).toBe(environment.redis.tier === "none" ? 2 : 3);
  });

  test("every alert has a severity, a channel, a runbook and a label set", () => {
    for (const { fields } of alerts) {
      expect(["CRITICAL", "ERROR", "WARNING"]).toContain(fields.severity);
      expect(fields.notification_channels[0]).toMatch(
        /^\$\{google_monitoring_notification_channel\..*\.name\}$/,
      );
      expect(fields.documentation.content.length).toBeGreaterThan(40);
      expect(fields.documentation.links).toEqual([
        {
          display_name: "Runbook",
          url: expect.stringMatching(/^https:\/\/.*\/docs\/runbooks\/[a-z-]+\.md$/),
        },
      ]);
      expect(fields.user_labels).toMatchObject({
        application: "imgstream",
        environment: environment.name,
        alert: expect.stringMatching(/^[a-z-]+$/),
        urgency: expect.stringMatching(/^(page|urgent|ticket)$/),
      });
    }
  });

  test("the pager is told of what wakes somebody, where there is one, and of nothing else", () => {
    const paging = alerts.filter(({ fields }) => fields.notification_channels.includes(pager));
    const critical = alerts.filter(({ fields }) => fields.severity === "CRITICAL");
    expect(critical.length).toBeGreaterThan(4);
    expect(paging).toEqual(environment.alerts.pagerChannel === undefined ? [] : critical);
  });

  test("mail goes to whom the facts name", () => {
    const [channel] = stack.ofType("google_monitoring_notification_channel");
    expect(channel?.fields).toMatchObject({ type: "email", labels: { email_address: "oncall@example.com" } });
  });

  test("the uptime check wants to be asked to sign in, and nothing else", () => {
    expect(stack.at("observability/uptime/check").fields).toMatchObject({
      period: "60s",
      monitored_resource: {
        type: "uptime_url",
        labels: { host: environment.domain, project_id: environment.project.id },
      },
      http_check: {
        path: "/",
        use_ssl: true,
        validate_ssl: true,
        headers: { "X-Requested-With": "XMLHttpRequest" },
        accepted_response_status_codes: [{ status_value: 401 }],
      },
    });
  });

  test("limits come from the environment's facts", () => {
    const queries = JSON.stringify(stack.at("observability/alerts/near-limit/policy").fields);
    expect(queries).toContain(`> 0.8 * ${environment.web.maxInstances}"`);
    expect(queries).toContain(`> 0.8 * ${environment.worker.maxInstances}"`);
  });
});

test("the alert that nothing was backed up looks at the copy where there is one", () => {
  const conditions = [environments.dev, environments.production].map((environment) => {
    const stack = synthesise((app) => new PhotoPlatformStack(app, environment.name, environment));
    return stack.at("observability/alerts/no-backup/policy").fields["conditions"];
  });
  expect(conditions).toMatchObject([[{}], [{}, {}]]);
});
