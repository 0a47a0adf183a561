import { ApiError } from "./api-error.ts";
import { type JsonObject, textAt } from "./json.ts";
import type { Style } from "./style.ts";

const bucketName = /^[a-z0-9][-a-z0-9_.]{1,220}[a-z0-9]$/;

/** Cloud Storage: metagenerations in place of etags, the resource itself as the answer to every change. */
export const storageStyle: Style = {
  isMerging: true,
  isOlderFormat: true,
  notFound: (name) =>
    new ApiError(
      "NOT_FOUND",
      /^b\/[^/]+$/.test(name) ? "The specified bucket does not exist." : `No such object: ${name}`,
    ),
  alreadyExists: () =>
    new ApiError(
      "ALREADY_EXISTS",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { reason: "conflict" },
    ),
  checkName: (name) => {
    const [, bucket = ""] = name.split("/");
    if (!bucketName.test(bucket) || bucket.includes("goog")) {
      throw new ApiError("INVALID_ARGUMENT", `Invalid bucket name: '${bucket}'`);
    }
  },
  checkParent: () => {},
  checkReferences: (body) => body,
  checkVersion: (resource, _sent, call) => {
    const current = textAt(resource.body, "metageneration");
    const wanted = textAt(call.query, "ifMetagenerationMatch");
    const unwanted = textAt(call.query, "ifMetagenerationNotMatch");
    if ((wanted !== "" && wanted !== current) || (unwanted !== "" && unwanted === current)) {
      throw new ApiError(
        "CONDITION_NOT_MET",
        "At least one of the pre-conditions you specified did not hold.",
      );
    }
  },
  checkUnused: () => {},
  replaced: (_before, next) => next,
  complete: (_name, next) => next,
  sealed: (body) => body,
  present: (body) => body,
  list: (call, items) => ({
    kind: call.methodId === "storage.buckets.list" ? "storage#buckets" : "storage#notifications",
    ...(items.length > 0 ? { items } : {}),
  }),
  changed: (_type, _resource, _call, _kind, change): JsonObject => change.answer(),
};
