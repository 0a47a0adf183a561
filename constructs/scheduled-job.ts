import { CloudSchedulerJob } from "@cdktf/provider-google/lib/cloud-scheduler-job/index.js";
import type { CloudRunV2JobIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-job-iam-member/index.js";
import type { Construct } from "constructs";
import type { CloudRunJob } from "./cloud-run-job.ts";
import type { ServiceAccountPrincipal } from "./principal.ts";

export interface ScheduledJobProps {
  readonly name: string;
  readonly projectId: string;
  readonly job: CloudRunJob;
  /** The container's arguments for this run. */
  readonly args: readonly string[];
  /** In the five fields of cron, in UTC: `0 3 * * *`. */
  readonly schedule: string;
  /** Who starts the job. */
  readonly account: ServiceAccountPrincipal;
  /** That it may. */
  readonly grant: CloudRunV2JobIamMember;
}

/** Starts a job of Cloud Run by the clock. */
export class ScheduledJob extends CloudSchedulerJob {
  constructor(scope: Construct, id: string, props: ScheduledJobProps) {
    if (!/^\S+( \S+){4}$/.test(props.schedule)) {
      throw new Error(
        `'schedule' must be the five fields of cron, such as '0 3 * * *', got '${props.schedule}'`,
      );
    }
    const body = JSON.stringify({ overrides: { containerOverrides: [{ args: props.args }] } });
    super(scope, id, {
      name: props.name,
      region: props.job.region,
      schedule: props.schedule,
      timeZone: "Etc/UTC",
      attemptDeadline: "60s",
      retryConfig: { retryCount: 2, minBackoffDuration: "10s", maxBackoffDuration: "60s" },
      httpTarget: {
        httpMethod: "POST",
        uri: `https://run.googleapis.com/v2/projects/${props.projectId}/locations/${props.job.region}/jobs/${props.job.name}:run`,
        headers: { "Content-Type": "application/json" },
        body: Buffer.from(body).toString("base64"),
        oauthToken: {
          serviceAccountEmail: props.account.email,
          scope: "https://www.googleapis.com/auth/cloud-platform",
        },
      },
      dependsOn: [props.job.job, props.grant],
    });
  }
}
