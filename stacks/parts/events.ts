import { ServiceAccountIamMember } from "@cdktf/provider-google/lib/service-account-iam-member/index.js";
import { Construct } from "constructs";
import { eventTopics, eventsPath, objectPrefixes } from "../../app/runtime-contract.ts";
import { BucketEvents } from "../../constructs/bucket-events.ts";
import { DeadLetter } from "../../constructs/dead-letter.ts";
import { PushSubscription } from "../../constructs/push-subscription.ts";
import { ScheduledJob } from "../../constructs/scheduled-job.ts";
import { serviceAgent } from "../../constructs/service-agents.ts";
import { Topic } from "../../constructs/topic.ts";
import { WarehouseSubscription } from "../../constructs/warehouse-subscription.ts";
import type { Environment } from "../../environments/index.ts";
import { accountOf } from "../accounts.ts";
import { maintenanceSchedule } from "../maintenance-schedule.ts";
import type { Data } from "./data.ts";
import { publishedColumns } from "./published-columns.ts";
import type { Service } from "./service.ts";

/** What happens without a person: uploads and catalog entries reach the worker, the warehouse, and the clock. */
export class Events extends Construct {
  readonly deadLetter: DeadLetter;
  readonly pushes: readonly PushSubscription[];
  readonly warehouse: WarehouseSubscription;

  constructor(scope: Construct, id: string, environment: Environment, data: Data, service: Service) {
    super(scope, id);
    const { project, regions } = environment;
    const pubsubAgent = serviceAgent("pubsub", project.number);
    const account = accountOf("events", environment);

    const uploads = new Topic(this, "uploads", { name: eventTopics.uploads, regions });
    const catalog = new Topic(this, "catalog", { name: eventTopics.catalog, regions });
    const published = new Topic(this, "published", { name: eventTopics.published, regions });
    for (const role of ["web", "worker", "maintenance"] as const) {
      catalog.grantPublish(accountOf(role, environment));
      published.grantPublish(accountOf(role, environment));
    }
    new BucketEvents(this, "uploaded", {
      bucket: data.uploads,
      topic: uploads,
      storageAgent: serviceAgent("storage", project.number),
      // What waits for the worker; an upload itself is completed by its client, or by the sweep.
      prefix: objectPrefixes.processing,
    });

    this.deadLetter = new DeadLetter(this, "dead", { name: "imgstream-dead", pubsubAgent, regions });
    const tokens = new ServiceAccountIamMember(this, "push-tokens", {
      serviceAccountId: `projects/${project.id}/serviceAccounts/${account.email}`,
      role: "roles/iam.serviceAccountTokenCreator",
      member: pubsubAgent.member,
    });
    this.pushes = [uploads, catalog].map(
      (topic) =>
        new PushSubscription(this, `push-${topic.node.id}`, {
          name: `${topic.name}-to-worker`,
          topic,
          endpoint: `${service.worker.service.uri}${eventsPath}${topic.node.id}`,
          audience: service.eventsAudience,
          account,
          deadLetter: this.deadLetter,
          ackDeadlineSeconds: 300,
          dependsOn: [tokens, ...service.worker.grants],
        }),
    );
    this.warehouse = new WarehouseSubscription(this, "warehouse", {
      name: "imgstream-published-to-warehouse",
      topic: published,
      dataset: "imgstream",
      table: "events",
      region: regions[0],
      columns: publishedColumns,
      deadLetter: this.deadLetter,
      deletionProtection: environment.deletionProtection,
      emptyOnDestroy: environment.retire,
    });

    const scheduler = accountOf("scheduler", environment);
    const grant = service.maintenance.grantRun(scheduler);
    for (const { name, args, schedule } of maintenanceSchedule) {
      new ScheduledJob(this, `run-${name}`, {
        name: `imgstream-${name}`,
        projectId: project.id,
        job: service.maintenance,
        args,
        schedule,
        account: scheduler,
        grant,
      });
    }
  }
}
