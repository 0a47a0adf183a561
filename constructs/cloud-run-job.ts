import { CloudRunV2JobIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-job-iam-member/index.js";
import { CloudRunV2Job } from "@cdktf/provider-google/lib/cloud-run-v2-job/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { containerDependencies, containerFields, resourceLimits } from "./container.ts";
import type { ContainerProps } from "./container.ts";
import type { Principal, ServiceAccountPrincipal } from "./principal.ts";
import type { PrivateNetwork } from "./private-network.ts";

export interface CloudRunJobProps extends ContainerProps {
  readonly name: string;
  readonly region: string;
  /** What the job runs as. */
  readonly account: ServiceAccountPrincipal;
  /** One attempt ends after this. @default 3600 */
  readonly timeoutSeconds?: number;
  /** Attempts after the first that failed. @default 1 */
  readonly maxRetries?: number;
  /** Reaches private addresses through this network. @default none */
  readonly network?: PrivateNetwork;
  /** Refuses its destruction. @default true */
  readonly deletionProtection?: boolean;
  /** What must be there before it: grants on what it uses. Its image and its secrets are seen to. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A job of Cloud Run: one container that runs to its end, one at a time. Nobody can start it until granted. */
export class CloudRunJob extends Construct {
  readonly name: string;
  readonly region: string;
  readonly job: CloudRunV2Job;

  constructor(scope: Construct, id: string, props: CloudRunJobProps) {
    super(scope, id);
    this.name = props.name;
    this.region = props.region;
    this.job = new CloudRunV2Job(this, "job", {
      name: props.name,
      location: props.region,
      deletionProtection: props.deletionProtection ?? true,
      template: {
        taskCount: 1,
        parallelism: 1,
        template: {
          serviceAccount: props.account.email,
          timeout: `${props.timeoutSeconds ?? 3600}s`,
          maxRetries: props.maxRetries ?? 1,
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          ...(props.network && { vpcAccess: props.network.vpcAccess(props.region) }),
          containers: [{ ...containerFields(props), resources: { limits: resourceLimits(props) } }],
        },
      },
      dependsOn: [...containerDependencies(props), ...(props.dependsOn ?? [])],
    });
  }

  /** May start it, with arguments of its own choosing. */
  grantRun(who: Principal): CloudRunV2JobIamMember {
    return new CloudRunV2JobIamMember(this, `run-${who.id}`, {
      name: this.job.name,
      location: this.job.location,
      role: "roles/run.jobsExecutorWithOverrides",
      member: who.member,
    });
  }
}
