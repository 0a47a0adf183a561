import { LoggingProjectSink } from "@cdktf/provider-google/lib/logging-project-sink/index.js";
import { ProjectIamAuditConfig } from "@cdktf/provider-google/lib/project-iam-audit-config/index.js";
import { Construct } from "constructs";
import { PrivateBucket } from "./private-bucket.ts";

/** What is written down of a service. Changes of configuration always are, without being asked for. */
export type AuditedAccess = "ADMIN_READ" | "DATA_READ" | "DATA_WRITE";

export interface AuditTrailProps {
  readonly projectId: string;
  readonly bucketName: string;
  readonly region: string;
  readonly retentionDays: number;
  /** Nobody, its owner included, can ever shorten or remove a locked retention. */
  readonly locked: boolean;
  /** By service, such as `secretmanager.googleapis.com`. */
  readonly services: Readonly<Record<string, readonly AuditedAccess[]>>;
  /** Refuses the log's destruction. @default true */
  readonly deletionProtection?: boolean;
  /** Deletes the log when the bucket is destroyed; a locked one cannot be. @default false */
  readonly emptyOnDestroy?: boolean;
}

/** Who did what in a project, kept where the project's own deployer cannot change it. */
export class AuditTrail extends Construct {
  readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    for (const [service, access] of Object.entries(props.services)) {
      new ProjectIamAuditConfig(this, `config-${service.replace(".googleapis.com", "")}`, {
        project: props.projectId,
        service,
        auditLogConfig: access.map((logType) => ({ logType })),
      });
    }
    this.bucket = new PrivateBucket(this, "logs", {
      name: props.bucketName,
      placement: { kind: "region", region: props.region },
      keepVersionsDays: 0,
      retention: { days: props.retentionDays, locked: props.locked },
      deleteAfterDays: props.retentionDays + 1,
      deletionProtection: props.deletionProtection ?? true,
      emptyOnDestroy: props.emptyOnDestroy ?? false,
    });
    const sink = new LoggingProjectSink(this, "sink", {
      name: "audit-trail",
      destination: `storage.googleapis.com/${this.bucket.name}`,
      filter: 'logName:"cloudaudit.googleapis.com"',
      uniqueWriterIdentity: true,
      dependsOn: [this.bucket.bucket],
    });
    this.bucket.grantCreate({ id: "sink", member: sink.writerIdentity });
  }
}
