import { BigqueryDataset } from "@cdktf/provider-google/lib/bigquery-dataset/index.js";
import { BigqueryTableIamMember } from "@cdktf/provider-google/lib/bigquery-table-iam-member/index.js";
import { BigqueryTable } from "@cdktf/provider-google/lib/bigquery-table/index.js";
import { PubsubSubscription } from "@cdktf/provider-google/lib/pubsub-subscription/index.js";
import { Construct } from "constructs";
import type { DeadLetter } from "./dead-letter.ts";
import type { Topic } from "./topic.ts";

export interface WarehouseColumn {
  readonly name: string;
  readonly type: "STRING" | "INT64" | "TIMESTAMP" | "BOOL" | "JSON";
  readonly description: string;
}

export interface WarehouseSubscriptionProps {
  readonly name: string;
  readonly topic: Topic;
  /** Letters, digits and underscores. */
  readonly dataset: string;
  readonly table: string;
  readonly region: string;
  /** Fields of the published JSON. Fields without a column are left out; columns without a field stay empty. */
  readonly columns: readonly WarehouseColumn[];
  readonly deadLetter: DeadLetter;
  /** Refuses the table's destruction. @default true */
  readonly deletionProtection?: boolean;
  /** Deletes the tables when the dataset is destroyed. @default false */
  readonly emptyOnDestroy?: boolean;
}

/** What Pub/Sub itself writes beside a message's fields. */
const metadataColumns = [
  { name: "subscription_name", type: "STRING" },
  { name: "message_id", type: "STRING" },
  { name: "publish_time", type: "TIMESTAMP" },
  { name: "attributes", type: "STRING" },
] as const;

/** Messages of a topic as rows of a BigQuery table, written by Pub/Sub itself: nothing of ours runs in between. */
export class WarehouseSubscription extends Construct {
  readonly name: string;
  readonly table: BigqueryTable;
  readonly subscription: PubsubSubscription;

  constructor(scope: Construct, id: string, props: WarehouseSubscriptionProps) {
    super(scope, id);
    this.name = props.name;
    const deletionProtection = props.deletionProtection ?? true;
    const dataset = new BigqueryDataset(this, "dataset", {
      datasetId: props.dataset,
      location: props.region,
      deleteContentsOnDestroy: props.emptyOnDestroy ?? false,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.table = new BigqueryTable(this, "table", {
      datasetId: dataset.datasetId,
      tableId: props.table,
      deletionProtection,
      timePartitioning: { type: "DAY", field: "publish_time" },
      schema: JSON.stringify(
        [...metadataColumns, ...props.columns].map((column) => ({
          mode: "NULLABLE",
          ...bigQueryColumn(column),
        })),
      ),
      lifecycle: { preventDestroy: deletionProtection },
    });
    const grant = new BigqueryTableIamMember(this, "write", {
      datasetId: this.table.datasetId,
      tableId: this.table.tableId,
      role: "roles/bigquery.dataEditor",
      member: props.deadLetter.pubsubAgent.member,
    });
    this.subscription = new PubsubSubscription(this, "subscription", {
      name: props.name,
      topic: props.topic.topic.id,
      messageRetentionDuration: `${7 * 86_400}s`,
      expirationPolicy: { ttl: "" },
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
      deadLetterPolicy: { deadLetterTopic: props.deadLetter.topic.topic.id, maxDeliveryAttempts: 10 },
      bigqueryConfig: {
        table: `\${${this.table.fqn}.project}.\${${this.table.fqn}.dataset_id}.\${${this.table.fqn}.table_id}`,
        useTableSchema: true,
        writeMetadata: true,
        dropUnknownFields: true,
      },
      dependsOn: [grant, ...props.deadLetter.topic.grants],
    });
    props.deadLetter.grantMoving(this, this.subscription);
  }
}

/** BigQuery answers with these older names of its types: others would be a change at every plan. */
function bigQueryColumn({ name, type, ...rest }: { name: string; type: WarehouseColumn["type"] }): object {
  const legacy = {
    STRING: "STRING",
    INT64: "INTEGER",
    TIMESTAMP: "TIMESTAMP",
    BOOL: "BOOLEAN",
    JSON: "JSON",
  } as const;
  return { name, type: legacy[type], ...rest };
}
