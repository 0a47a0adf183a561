import { MonitoringUptimeCheckConfig } from "@cdktf/provider-google/lib/monitoring-uptime-check-config/index.js";
import { Construct } from "constructs";

export interface UptimeCheckProps {
  readonly displayName: string;
  /** The project's id: unwritten, Google fills it in, and every later plan replaces the check. */
  readonly projectId: string;
  readonly host: string;
  /** @default "/" */
  readonly path?: string;
  /** The one status that is right. @default 200 */
  readonly status?: number;
  /** Sent with every check. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** How often each checker asks. @default 1 */
  readonly everyMinutes?: 1 | 5 | 10 | 15;
  /** 1 to 60. @default 10 */
  readonly timeoutSeconds?: number;
}

/**
 * Checkers around the world ask one address over TLS and want exactly one status.
 *
 * Behind Identity-Aware Proxy use `signInCheck`: such a check proves DNS, certificate, load balancer and proxy, and
 * nothing of the service behind.
 */
export class UptimeCheck extends Construct {
  /** As metrics name it (`check_id`); known after the apply. */
  readonly checkId: string;
  readonly check: MonitoringUptimeCheckConfig;

  constructor(scope: Construct, id: string, props: UptimeCheckProps) {
    super(scope, id);
    const { host, path = "/", timeoutSeconds = 10 } = props;
    if (host.includes("/"))
      throw new Error(`'host' must be a host name without scheme or path, got '${host}'`);
    if (!path.startsWith("/")) throw new Error(`'path' must begin with '/', got '${path}'`);
    if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 60) {
      throw new Error(`'timeoutSeconds' must be a whole number from 1 to 60, got ${timeoutSeconds}`);
    }
    this.check = new MonitoringUptimeCheckConfig(this, "check", {
      displayName: props.displayName,
      period: `${(props.everyMinutes ?? 1) * 60}s`,
      timeout: `${timeoutSeconds}s`,
      logCheckFailures: true,
      monitoredResource: { type: "uptime_url", labels: { project_id: props.projectId, host } },
      httpCheck: {
        path,
        port: 443,
        useSsl: true,
        validateSsl: true,
        requestMethod: "GET",
        ...(props.headers && { headers: { ...props.headers } }),
        acceptedResponseStatusCodes: [{ statusValue: props.status ?? 200 }],
      },
    });
    this.checkId = this.check.uptimeCheckId;
  }
}

/**
 * What to ask Identity-Aware Proxy without signing in: with this header it answers 401, without it it redirects to
 * a page of Google's, which a check would follow and find well whatever happened here.
 */
export const signInCheck = {
  headers: { "X-Requested-With": "XMLHttpRequest" },
  status: 401,
} as const;
