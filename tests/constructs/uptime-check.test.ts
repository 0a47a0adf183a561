import { expect, test } from "vitest";
import { UptimeCheck, signInCheck } from "../../constructs/uptime-check.ts";
import type { UptimeCheckProps } from "../../constructs/uptime-check.ts";
import { synthesiseConstruct } from "./synthesise-construct.ts";

const check = (changes: Partial<UptimeCheckProps> = {}) =>
  synthesiseConstruct(
    "google_monitoring_uptime_check_config",
    (stack) =>
      new UptimeCheck(stack, "it", {
        displayName: "It answers",
        projectId: "p",
        host: "photos.example.com",
        ...changes,
      }),
  );

test("a check asks over TLS every minute, wants exactly 200, and names the project itself", () => {
  expect(check()).toMatchObject({
    display_name: "It answers",
    period: "60s",
    timeout: "10s",
    monitored_resource: { type: "uptime_url", labels: { project_id: "p", host: "photos.example.com" } },
    http_check: {
      path: "/",
      port: 443,
      use_ssl: true,
      validate_ssl: true,
      accepted_response_status_codes: [{ status_value: 200 }],
    },
  });
});

test("behind the identity proxy it asks not to be redirected, and wants 401", () => {
  expect(check({ ...signInCheck, everyMinutes: 5 })).toMatchObject({
    period: "300s",
    http_check: {
      headers: { "X-Requested-With": "XMLHttpRequest" },
      accepted_response_status_codes: [{ status_value: 401 }],
    },
  });
});

test.each<[Partial<UptimeCheckProps>, string]>([
  [{ host: "https://photos.example.com" }, "'host' must be a host name without scheme or path"],
  [{ path: "health" }, "'path' must begin with '/', got 'health'"],
  [{ timeoutSeconds: 61 }, "'timeoutSeconds' must be a whole number from 1 to 60, got 61"],
])("%j is refused", (changes, words) => {
  expect(() => check(changes)).toThrow(words);
});
