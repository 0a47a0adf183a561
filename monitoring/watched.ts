import type { CloudRunJob } from "../constructs/cloud-run-job.ts";
import type { CloudRunService } from "../constructs/cloud-run-service.ts";
import type { DeadLetter } from "../constructs/dead-letter.ts";
import type { IdentityAwareBackend } from "../constructs/edge/identity-aware-backend.ts";
import type { LoadBalancer } from "../constructs/edge/load-balancer.ts";
import type { LogMetric } from "../constructs/log-metric.ts";
import type { Objective } from "../constructs/objective.ts";
import type { PrivateBucket } from "../constructs/private-bucket.ts";
import type { Redis } from "../constructs/redis.ts";
import type { UptimeCheck } from "../constructs/uptime-check.ts";

/**
 * What is watched: the very constructs of a stack. Every name in a filter or query is read from them, so that a
 * service that is renamed is renamed in every alert.
 */
export interface Watched {
  /** The host that people see. */
  readonly host: string;
  /** The same service in every region; limits are per region. */
  readonly web: Pick<CloudRunService, "name" | "maxInstances" | "startupSeconds">;
  readonly worker: Pick<CloudRunService, "name" | "maxInstances" | "startupSeconds">;
  readonly maintenance: Pick<CloudRunJob, "name">;
  readonly loadBalancer: Pick<LoadBalancer, "name">;
  readonly backend: Pick<IdentityAwareBackend, "name">;
  readonly buckets: {
    readonly media: Pick<PrivateBucket, "name">;
    readonly records: Pick<PrivateBucket, "name">;
    readonly uploads: Pick<PrivateBucket, "name">;
    /** The second copy of the records, where the environment keeps one. */
    readonly recordsCopy?: Pick<PrivateBucket, "name">;
  };
  /** What delivers messages: pushes to the worker, rows to the warehouse. */
  readonly subscriptions: readonly { readonly name: string }[];
  readonly deadLetter: Pick<DeadLetter, "subscriptionName">;
  readonly redis?: Pick<Redis, "name">;
  /** Routes whose time is the client's to decide; latency leaves them out. */
  readonly unhurried: readonly UnhurriedRoute[];
}

/** Such as the live stream, which stays open, and the upload of bytes, which takes as long as the line needs. */
export interface UnhurriedRoute {
  readonly method: string;
  /** The route's pattern, as the app logs it. */
  readonly route: string;
  /** Whether the load balancer's metrics tell its path apart from all others. */
  readonly apartAtTheEdge: boolean;
}

/** What is made to watch with, before the alerts. */
export interface Instruments {
  readonly metrics: {
    readonly requests: Pick<LogMetric, "name">;
    readonly errors: Pick<LogMetric, "name">;
    /** Where there is Redis. */
    readonly redisAway?: Pick<LogMetric, "name">;
  };
  readonly objectives: {
    readonly availability: Pick<Objective, "sloName">;
    readonly latency: Pick<Objective, "sloName">;
  };
  readonly uptime: Pick<UptimeCheck, "checkId">;
}
