import { ApiError } from "./engine/api-error.ts";
import { contentTag } from "./engine/identifiers.ts";
import {
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  objectsAt,
  shown,
  textAt,
  textsAt,
  withAt,
} from "./engine/json.ts";
import type { Action, ApiModule, Call, Kind } from "./engine/kind.ts";
import { nameOf } from "./engine/resource-name.ts";
import { bucketOf, getIamPolicy, setIamPolicy } from "./storage-bucket-policy.ts";
import { notifications, storageAgent } from "./storage-notifications.ts";
import type { BucketSettings } from "./storage/object-bucket.ts";

const dualRegions = ["ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"];
const multiRegions = ["ASIA", "EU", "US"];
/** A new bucket keeps what is deleted for a week unless it is told otherwise. */
const softDeleteSeconds = "604800";

function refuse(message: string): never {
  throw new ApiError("INVALID_ARGUMENT", message);
}

function locationType(location: string, next: JsonObject): string {
  if (dualRegions.includes(location) || next["customPlacementConfig"] !== undefined) return "dual-region";
  return multiRegions.includes(location) ? "multi-region" : "region";
}

function projectOf(call: Call, before: JsonObject | undefined): string {
  const known = textAt(before, "projectNumber");
  if (known !== "") return known;
  const asked = textAt(call.query, "project");
  const project = call.world.projects.find(asked);
  if (project === undefined) throw new ApiError("NOT_FOUND", `The project '${asked}' was not found.`);
  return project.projectNumber;
}

/** Uniform access is spelled twice in the answer, as it has been since it had another name. */
function iamConfiguration(given: JsonObject, call: Call): JsonObject {
  const isUniform = objectAt(given, "uniformBucketLevelAccess")["enabled"] === true;
  const lockedTime = new Date(Date.parse(call.world.identifiers.time()) + 90 * 86_400_000).toISOString();
  const uniform = isUniform ? { enabled: true, lockedTime } : { enabled: false };
  return {
    publicAccessPrevention: "inherited",
    ...given,
    uniformBucketLevelAccess: uniform,
    bucketPolicyOnly: uniform,
  };
}

function retention(next: JsonObject, before: JsonObject | undefined, call: Call): JsonObject {
  const policy = next["retentionPolicy"];
  const old = objectAt(before, "retentionPolicy");
  const isLocked = old["isLocked"] === true;
  if (!isObject(policy)) {
    if (isLocked)
      throw new ApiError(
        "PERMISSION_DENIED",
        "The bucket's retention policy is locked and cannot be removed.",
      );
    return {};
  }
  if (isLocked && Number(policy["retentionPeriod"]) < Number(old["retentionPeriod"])) {
    throw new ApiError(
      "PERMISSION_DENIED",
      "The bucket's retention policy is locked and cannot be shortened.",
    );
  }
  const effectiveTime = old["effectiveTime"] ?? call.world.identifiers.time();
  return { retentionPolicy: { ...policy, effectiveTime, ...(isLocked ? { isLocked: true } : {}) } };
}

function softDelete(next: JsonObject, before: JsonObject | undefined, call: Call): JsonObject {
  const given = objectAt(next, "softDeletePolicy");
  const seconds = shown(given["retentionDurationSeconds"] ?? softDeleteSeconds);
  if (Number(seconds) !== 0 && (Number(seconds) < 604_800 || Number(seconds) > 7_776_000)) {
    refuse(`'softDeletePolicy.retentionDurationSeconds' must be 0 or 604800 to 7776000, got ${seconds}.`);
  }
  const isOld = textAt(before, "softDeletePolicy.retentionDurationSeconds") === seconds;
  const effective = isOld ? textAt(before, "softDeletePolicy.effectiveTime") : call.world.identifiers.time();
  return {
    softDeletePolicy: {
      retentionDurationSeconds: seconds,
      ...(seconds === "0" ? {} : { effectiveTime: effective }),
    },
  };
}

function checkRules(next: JsonObject): void {
  for (const rule of objectsAt(next, "lifecycle.rule")) {
    if (textAt(rule, "action.type") === "") refuse("A lifecycle rule needs an action.");
    if (Object.keys(objectAt(rule, "condition")).length === 0) refuse("A lifecycle rule needs a condition.");
  }
  if (listAt(next, "lifecycle.rule").length > 100) refuse("A bucket has at most 100 lifecycle rules.");
}

const lockRetentionPolicy: Action = (call) => {
  const bucket = bucketOf(call);
  const wanted = textAt(call.query, "ifMetagenerationMatch");
  if (wanted !== textAt(bucket.body, "metageneration")) {
    throw new ApiError("CONDITION_NOT_MET", "At least one of the pre-conditions you specified did not hold.");
  }
  if (!isObject(bucket.body["retentionPolicy"])) refuse("The bucket has no retention policy to lock.");
  bucket.body = withAt(bucket.body, "retentionPolicy.isLocked", true);
  return bucket.body;
};

/** Gives the bucket's objects a place, or tells that place what has changed. */
function keepObjects(name: string, body: JsonObject, call: Call): void {
  const settings: BucketSettings = {
    versioning: objectAt(body, "versioning")["enabled"] === true,
    cors: objectsAt(body, "cors").map((rule) => ({
      origin: textsAt(rule, "origin"),
      method: textsAt(rule, "method"),
      responseHeader: textsAt(rule, "responseHeader"),
      maxAgeSeconds: Number(rule["maxAgeSeconds"] ?? 3600),
    })),
  };
  const present = call.world.objects.bucket(name);
  if (present === undefined) call.world.objects.createBucket(name, settings);
  else present.settings = { ...present.settings, ...settings };
}

const buckets: Kind = {
  collection: "storage.buckets",
  schema: "Bucket",
  check: (next, before) => {
    checkRules(next);
    for (const field of ["location", "name"]) {
      if (before !== undefined && textAt(before, field).toLowerCase() !== textAt(next, field).toLowerCase()) {
        refuse(`The bucket's ${field} cannot be changed.`);
      }
    }
  },
  complete: (next, before, call) => {
    const name = textAt(next, "name").replace(/^b\//, "");
    const location = (textAt(next, "location") || "US").toUpperCase();
    const now = call.world.identifiers.time();
    const body: JsonObject = {
      storageClass: "STANDARD",
      ...next,
      ...softDelete(next, before, call),
      ...retention(next, before, call),
      kind: "storage#bucket",
      id: name,
      name,
      selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
      projectNumber: projectOf(call, before),
      location,
      locationType: locationType(location, next),
      timeCreated: before?.["timeCreated"] ?? now,
      updated: now,
      metageneration: String(Number(textAt(before, "metageneration") || "0") + 1),
      iamConfiguration: iamConfiguration(objectAt(next, "iamConfiguration"), call),
      ...(locationType(location, next) === "region" ? {} : { rpo: textAt(next, "rpo") || "DEFAULT" }),
    };
    keepObjects(name, body, call);
    return { ...body, etag: contentTag(body) };
  },
  afterDeletion: (resource, call) => call.world.objects.deleteBucket(textAt(resource.body, "name")),
  checkDeletion: (resource, call) => {
    if (call.world.objects.bucket(textAt(resource.body, "name"))?.isEmpty !== false) return;
    throw new ApiError("ABORTED", "The bucket you tried to delete is not empty.", { reason: "conflict" });
  },
  actions: { lockRetentionPolicy },
};

/** Buckets and what hangs on them. Objects are the store's own. */
export const storageBuckets: ApiModule = {
  shape: "storage.v1",
  style: "storage",
  kinds: [{ ...buckets, actions: { ...buckets.actions, getIamPolicy, setIamPolicy } }, notifications],
  actions: {
    // The provider asks before it empties a bucket. Nothing here makes one.
    "storage.anywhereCaches.list": (call) => {
      bucketOf(call);
      return { kind: "storage#anywhereCaches" };
    },
    "storage.projects.serviceAccount.get": (call) => {
      const project = call.world.projects.of(nameOf(call));
      if (project === undefined) throw new ApiError("NOT_FOUND", "The project was not found.");
      const email = storageAgent(project.projectNumber);
      call.world.accounts.bear(email);
      return { kind: "storage#serviceAccount", email_address: email };
    },
  },
};
