import { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js";
import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { containerDependencies, containerFields, resourceLimits } from "./container.ts";
import type { ContainerProps } from "./container.ts";
import type { Principal, ServiceAccountPrincipal } from "./principal.ts";
import type { PrivateNetwork } from "./private-network.ts";

export interface CloudRunServiceProps extends ContainerProps {
  /** The same in every region: alerts and load balancers name it. */
  readonly name: string;
  readonly region: string;
  /** What the service runs as. */
  readonly account: ServiceAccountPrincipal;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** Requests that one instance serves at once. @default 80, as Cloud Run's own */
  readonly concurrency?: number;
  /** @default 300 */
  readonly timeoutSeconds?: number;
  /** Where the container listens; Cloud Run tells it by the variable PORT. @default 8080 */
  readonly port?: number;
  /** Answered 200 once the service can serve: traffic moves to a revision only then. */
  readonly startupPath: string;
  /** Answered 200 as long as the process is well; else it is restarted. */
  readonly livenessPath: string;
  /** How long the container may take to start. @default 30 */
  readonly startupSeconds?: number;
  /** Who can reach it: the project's own networks and Google's pushes, or its load balancer as well. @default internal */
  readonly ingress?: "internal" | "load-balancer";
  /** Audiences beside its own address that callers' tokens may carry. @default none */
  readonly customAudiences?: readonly string[];
  /** Reaches private addresses through this network. @default none */
  readonly network?: PrivateNetwork;
  /** Keeps one person on one instance where possible. @default false */
  readonly sessionAffinity?: boolean;
  /** Refuses its destruction. @default true: it serves people */
  readonly deletionProtection?: boolean;
  /** Labels of every revision, such as the version. @default none */
  readonly revisionLabels?: Readonly<Record<string, string>>;
  /** What must be there before it: grants on what it uses. Its image and its secrets are seen to. @default nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

const ingresses = {
  internal: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  "load-balancer": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
} as const;

/**
 * A service of Cloud Run in one region. Nobody can invoke it until granted, and nothing of the internet reaches
 * it but a load balancer, if told so.
 */
export class CloudRunService extends Construct {
  readonly name: string;
  readonly region: string;
  readonly maxInstances: number;
  readonly startupSeconds: number;
  readonly service: CloudRunV2Service;
  readonly grants: CloudRunV2ServiceIamMember[] = [];

  constructor(scope: Construct, id: string, props: CloudRunServiceProps) {
    super(scope, id);
    const { minInstances, maxInstances, port = 8080, startupSeconds = 30 } = props;
    if (minInstances > maxInstances) {
      throw new Error(`'minInstances' must be at most 'maxInstances' (${maxInstances}), got ${minInstances}`);
    }
    this.name = props.name;
    this.region = props.region;
    this.maxInstances = maxInstances;
    this.startupSeconds = startupSeconds;
    this.service = new CloudRunV2Service(this, "service", {
      name: props.name,
      location: props.region,
      ingress: ingresses[props.ingress ?? "internal"],
      deletionProtection: props.deletionProtection ?? true,
      ...(props.customAudiences && { customAudiences: [...props.customAudiences] }),
      // Cloud Run answers with this block whether it was sent or not; unwritten, every plan removes it.
      scaling: { minInstanceCount: 0 },
      template: {
        serviceAccount: props.account.email,
        timeout: `${props.timeoutSeconds ?? 300}s`,
        maxInstanceRequestConcurrency: props.concurrency ?? 80,
        sessionAffinity: props.sessionAffinity ?? false,
        executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
        ...(props.revisionLabels && { labels: { ...props.revisionLabels } }),
        scaling: { minInstanceCount: minInstances, maxInstanceCount: maxInstances },
        ...(props.network && { vpcAccess: props.network.vpcAccess(props.region) }),
        containers: [
          {
            ...containerFields(props),
            ports: { containerPort: port, name: "http1" },
            resources: { limits: resourceLimits(props), cpuIdle: true, startupCpuBoost: true },
            startupProbe: {
              httpGet: { path: props.startupPath, port },
              initialDelaySeconds: 0,
              periodSeconds: 1,
              timeoutSeconds: 1,
              failureThreshold: startupSeconds,
            },
            livenessProbe: {
              httpGet: { path: props.livenessPath, port },
              initialDelaySeconds: 0,
              periodSeconds: 10,
              timeoutSeconds: 4,
              failureThreshold: 3,
            },
          },
        ],
      },
      traffic: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
      dependsOn: [...containerDependencies(props), ...(props.dependsOn ?? [])],
    });
  }

  /** May send it requests, within its ingress. */
  grantInvoke(who: Principal): CloudRunV2ServiceIamMember {
    const member = new CloudRunV2ServiceIamMember(this, `invoke-${who.id}`, {
      name: this.service.name,
      location: this.service.location,
      role: "roles/run.invoker",
      member: who.member,
    });
    this.grants.push(member);
    return member;
  }
}
