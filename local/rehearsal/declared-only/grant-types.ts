import { type JsonObject, objectsAt, textsAt } from "../../google-apis/engine/json.ts";
import { argument, type Make, type Making } from "./making.ts";

interface PolicyPlace {
  readonly product: string;
  /** The resource whose policy it is, as a path. */
  readonly path: (making: Making) => string;
  /** How the policy is read. @default "GET" */
  readonly reading?: "GET" | "POST";
}

function withMember(policy: JsonObject, role: string, member: string): JsonObject {
  const bindings = objectsAt(policy, "bindings");
  const others = bindings.filter((binding) => binding["role"] !== role);
  const members = bindings
    .filter((binding) => binding["role"] === role)
    .flatMap((one) => textsAt(one, "members"));
  return { ...policy, bindings: [...others, { role, members: [...new Set([...members, member])] }] };
}

function memberOf({ product, path, reading = "GET" }: PolicyPlace): Make {
  return async (making) => {
    const { client, block } = making;
    const [role, who] = [argument(making, "role"), argument(making, "member")];
    const resource = path(making);
    await client.inTurn(`${product} ${resource}`, async () => {
      const read = await client.send(
        reading,
        product,
        `${resource}:getIamPolicy`,
        ...(reading === "GET" ? [] : [{}]),
      );
      await client.send("POST", product, `${resource}:setIamPolicy`, { policy: withMember(read, role, who) });
    });
    return block;
  };
}

const bucketMember: Make = async (making) => {
  const { client, block } = making;
  const path = `b/${argument(making, "bucket")}/iam`;
  await client.inTurn(path, async () => {
    const read = await client.send("GET", "STORAGE", path);
    await client.send(
      "PUT",
      "STORAGE",
      path,
      withMember(read, argument(making, "role"), argument(making, "member")),
    );
  });
  return block;
};

function inProject(collection: string, name: string): (making: Making) => string {
  return (making) => `projects/${making.project.projectId}/${collection}/${argument(making, name)}`;
}

function inPlace(collection: string): (making: Making) => string {
  return (making) =>
    `projects/${making.project.projectId}/locations/${argument(making, "location")}/${collection}/${argument(making, "name")}`;
}

/** One member's role on one resource. */
export const grantTypes: Readonly<Record<string, Make>> = {
  google_project_iam_member: memberOf({
    product: "RESOURCE_MANAGER",
    path: ({ project }) => `projects/${project.projectId}`,
    reading: "POST",
  }),
  google_service_account_iam_member: memberOf({
    product: "IAM",
    path: (making) => argument(making, "service_account_id"),
    reading: "POST",
  }),
  google_storage_bucket_iam_member: bucketMember,
  google_secret_manager_secret_iam_member: memberOf({
    product: "SECRET_MANAGER",
    path: (making) => argument(making, "secret_id"),
  }),
  google_pubsub_topic_iam_member: memberOf({ product: "PUBSUB", path: inProject("topics", "topic") }),
  google_pubsub_subscription_iam_member: memberOf({
    product: "PUBSUB",
    path: inProject("subscriptions", "subscription"),
  }),
  google_cloud_run_v2_service_iam_member: memberOf({ product: "CLOUD_RUN_V2", path: inPlace("services") }),
  google_cloud_run_v2_job_iam_member: memberOf({ product: "CLOUD_RUN_V2", path: inPlace("jobs") }),
  google_iap_web_backend_service_iam_member: memberOf({
    product: "IAP",
    path: inProject("iap_web/compute/services", "web_backend_service"),
    reading: "POST",
  }),
};
