import { apiShape } from "../../google-apis/discovery/shape.ts";
import {
  isObject,
  type JsonObject,
  objectAt,
  objectsAt,
  shown,
  textAt,
} from "../../google-apis/engine/json.ts";
import { computeTypes } from "./compute-types.ts";
import { grantTypes } from "./grant-types.ts";
import { fieldBody } from "./message-body.ts";
import { argument, attributesOf, bodyOf, createdBelow, type Make, without } from "./making.ts";

/** The rules are flat in Terraform and nested in the API, as are access and public access. */
const bucket: Make = async (making) => {
  const { block, client, project } = making;
  const nested = ["lifecycle_rule", "uniform_bucket_level_access", "public_access_prevention"];
  const body = bodyOf({ ...making, block: without(block, nested) }, "storage.v1", "Bucket");
  const rule = objectsAt(block, "lifecycle_rule").map((one) => {
    const { with_state: state, ...condition } = objectAt(one, "condition");
    const isLive = state === "LIVE" ? { is_live: true } : state === "ARCHIVED" ? { is_live: false } : {};
    return { ...one, condition: { ...condition, ...isLive } };
  });
  const lifecycle = fieldBody(apiShape("storage.v1"), "Bucket", "lifecycle", { rule }, making.address);
  const made = await client.send("POST", "STORAGE", `b?project=${project.projectId}`, {
    ...body,
    lifecycle,
    iamConfiguration: {
      publicAccessPrevention: textAt(block, "public_access_prevention") || "inherited",
      uniformBucketLevelAccess: { enabled: block["uniform_bucket_level_access"] === true },
    },
  });
  return attributesOf(block, made);
};

const secret: Make = async (making) => {
  const { auto, ...replication } = objectAt(making.block, "replication");
  const automatic = isObject(auto) ? { automatic: auto } : {};
  const block = { ...making.block, replication: { ...replication, ...automatic } };
  const made = await createdBelow({
    product: "SECRET_MANAGER",
    api: "secretmanager.v1",
    schema: "Secret",
    collection: "secrets",
    place: "none",
    id: "secret_id",
    parameter: "secretId",
  })({ ...making, block });
  return made;
};

/** Pub/Sub creates by PUT, under a name that the client chooses. */
function pubsub(collection: string, schema: string): Make {
  return async (making) => {
    const { block, client, project } = making;
    const name = argument(making, "name");
    const id = `projects/${project.projectId}/${collection}/${name}`;
    const body = bodyOf({ ...making, block: without(block, ["name"]) }, "pubsub.v1", schema);
    await client.send("PUT", "PUBSUB", id, body);
    return { ...block, name, id };
  };
}

const notification: Make = async (making) => {
  const { block, client } = making;
  const body = bodyOf(
    { ...making, block: without(block, ["bucket", "topic"]) },
    "storage.v1",
    "Notification",
  );
  const topic = `//pubsub.googleapis.com/${argument(making, "topic")}`;
  await client.send("POST", "STORAGE", `b/${argument(making, "bucket")}/notificationConfigs`, {
    ...body,
    topic,
  });
  return block;
};

const service: Make = async ({ block, client, project, address }) => {
  const name = argument({ block, client, project, address }, "service");
  await client.send("POST", "SERVICE_USAGE", `projects/${project.projectId}/services/${name}:enable`, {});
  return block;
};

const account: Make = async (making) => {
  const { block, client, project } = making;
  const accountId = argument(making, "account_id");
  const body = bodyOf({ ...making, block: without(block, ["account_id"]) }, "iam.v1", "ServiceAccount");
  const made = await client.send("POST", "IAM", `projects/${project.projectId}/serviceAccounts`, {
    accountId,
    serviceAccount: body,
  });
  return { ...block, name: textAt(made, "name"), id: textAt(made, "name"), email: textAt(made, "email") };
};

const role: Make = async (making) => {
  const { block, client, project } = making;
  const roleId = argument(making, "role_id");
  const { permissions, ...left } = without(block, ["role_id"]);
  const body = bodyOf({ ...making, block: left }, "iam.v1", "Role");
  const made = await client.send("POST", "IAM", `projects/${project.projectId}/roles`, {
    roleId,
    role: { ...body, includedPermissions: permissions },
  });
  return { ...block, name: textAt(made, "name"), id: textAt(made, "name") };
};

const proxySettings: Make = async (making) => {
  const { block, client } = making;
  const name = argument(making, "name");
  const body: JsonObject = bodyOf({ ...making, block: without(block, ["name"]) }, "iap.v1", "IapSettings");
  await client.send("PATCH", "IAP", `${name}:iapSettings`, { ...body, name });
  return block;
};

/** Its name is whole in the body; where the API has one block, so has Terraform. */
const schedule: Make = async (making) => {
  const { block, client, project } = making;
  const parent = `projects/${project.projectId}/locations/${argument(making, "region")}`;
  const name = `${parent}/jobs/${argument(making, "name")}`;
  const left = without(block, ["name", "region"]);
  const body = bodyOf({ ...making, block: left }, "cloudscheduler.v1", "Job");
  await client.send("POST", "CLOUD_SCHEDULER", `${parent}/jobs`, { ...body, name });
  return { ...block, id: name };
};

/** Refers to what the server chose: its address, and who signs for it. */
const redis: Make = async (making) => {
  const { client, project, block } = making;
  const id = argument(making, "name");
  const parent = `projects/${project.projectId}/locations/${argument(making, "region")}`;
  const name = `${parent}/instances/${id}`;
  const body = bodyOf({ ...making, block: without(block, ["name", "region"]) }, "redis.v1", "Instance");
  await client.send("POST", "REDIS", `${parent}/instances?instanceId=${id}`, { ...body, name });
  const made = await client.send("GET", "REDIS", name);
  const { host, port, serverCaCerts = [] } = made;
  return { ...attributesOf(block, made), id: name, host, port: shown(port), server_ca_certs: serverCaCerts };
};

/**
 * What is made without Terraform: everything that image, edge and app stand on. Alerts, dashboards, logs, budgets, the
 * warehouse and copies of buckets are not: nothing here would look at them.
 */
export const resourceTypes: Readonly<Record<string, Make>> = {
  ...computeTypes,
  ...grantTypes,
  google_artifact_registry_repository: createdBelow({
    product: "ARTIFACT_REGISTRY",
    api: "artifactregistry.v1",
    schema: "Repository",
    collection: "repositories",
    id: "repository_id",
    parameter: "repositoryId",
    dropped: ["cleanup_policies"],
  }),
  google_cloud_run_v2_job: createdBelow({
    product: "CLOUD_RUN_V2",
    api: "run.v2",
    schema: "GoogleCloudRunV2Job",
    collection: "jobs",
    parameter: "jobId",
  }),
  google_cloud_run_v2_service: createdBelow({
    product: "CLOUD_RUN_V2",
    api: "run.v2",
    schema: "GoogleCloudRunV2Service",
    collection: "services",
    parameter: "serviceId",
  }),
  google_cloud_scheduler_job: schedule,
  google_iap_settings: proxySettings,
  google_project_iam_custom_role: role,
  google_project_service: service,
  google_pubsub_subscription: pubsub("subscriptions", "Subscription"),
  google_pubsub_topic: pubsub("topics", "Topic"),
  google_secret_manager_secret: secret,
  google_redis_instance: redis,
  google_service_account: account,
  google_storage_bucket: bucket,
  google_storage_notification: notification,
};
