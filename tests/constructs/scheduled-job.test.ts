import { expect, test } from "vitest";
import { CloudRunJob } from "../../constructs/cloud-run-job.ts";
import { existingServiceAccount } from "../../constructs/principal.ts";
import { ScheduledJob } from "../../constructs/scheduled-job.ts";
import { inStack } from "./in-stack.ts";

const account = existingServiceAccount("scheduler", "photos-scheduler", "acme");

const declare = (schedule: string) =>
  inStack((stack) => {
    const job = new CloudRunJob(stack, "job", {
      name: "nightly",
      region: "europe-west1",
      image: { uri: "image:1" },
      account,
      cpu: 1,
      memory: "1Gi",
      environment: {},
    });
    const props = { name: "purge", projectId: "acme", job, args: ["maintenance", "purge"], account };
    new ScheduledJob(stack, "purge", { ...props, schedule, grant: job.grantRun(account) });
  });

test("the clock starts the job with its arguments, as its own account", () => {
  const { fields } = declare("0 3 * * *").at("purge");
  const target = fields["http_target"] as {
    uri: string;
    body: string;
    oauth_token: { service_account_email: string };
  };
  expect(target.uri).toBe(
    "https://run.googleapis.com/v2/projects/acme/locations/europe-west1/jobs/nightly:run",
  );
  expect(JSON.parse(Buffer.from(target.body, "base64").toString())).toEqual({
    overrides: { containerOverrides: [{ args: ["maintenance", "purge"] }] },
  });
  expect(target.oauth_token.service_account_email).toBe("photos-scheduler@acme.iam.gserviceaccount.com");
  expect(fields["time_zone"]).toBe("Etc/UTC");
});

test.each(["daily", "0 3 * *", "0 3 * * * *"])("'%s' is no schedule", (schedule) => {
  expect(() => declare(schedule)).toThrow("'schedule' must be the five fields of cron");
});
