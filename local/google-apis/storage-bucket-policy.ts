import { ApiError } from "./engine/api-error.ts";
import { type JsonObject, textAt } from "./engine/json.ts";
import type { Action, Call } from "./engine/kind.ts";
import { policyMethods } from "./engine/policy-methods.ts";
import type { Resource } from "./engine/state.ts";

/** The bucket that a call is about, or Google's 404. */
export function bucketOf(call: Call): Resource {
  const bucket = call.world.state.get("storage", `b/${call.parameters["bucket"]}`);
  if (bucket === undefined) throw new ApiError("NOT_FOUND", "The specified bucket does not exist.");
  return bucket;
}

const onPolicy = policyMethods((call) => `storage/${bucketOf(call).name}`, { policyIsBody: true });

/** What every new bucket grants: its project's owners and editors own it, viewers read it. */
function firstPolicy(call: Call, bucket: Resource): JsonObject {
  const number = textAt(bucket.body, "projectNumber");
  const project = call.world.projects.find(number)?.projectId ?? "";
  return {
    bindings: [
      {
        role: "roles/storage.legacyBucketOwner",
        members: [`projectEditor:${project}`, `projectOwner:${project}`],
      },
      { role: "roles/storage.legacyBucketReader", members: [`projectViewer:${project}`] },
    ],
  };
}

function withPolicyKind(policy: JsonObject, call: Call): JsonObject {
  return { kind: "storage#policy", resourceId: `projects/_/buckets/${call.parameters["bucket"]}`, ...policy };
}

export const getIamPolicy: Action = (call) => {
  const bucket = bucketOf(call);
  const key = `storage/${bucket.name}`;
  if (!call.world.policies.all().has(key)) call.world.policies.put(key, firstPolicy(call, bucket));
  return withPolicyKind(call.world.policies.get(key), call);
};

export const setIamPolicy: Action = (call) => {
  try {
    return withPolicyKind(onPolicy.setIamPolicy(call), call);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== "ABORTED") throw error;
    throw new ApiError(
      "CONDITION_NOT_MET",
      "At least one of the pre-conditions you specified did not hold.",
      { cause: error },
    );
  }
};
