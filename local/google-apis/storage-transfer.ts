import { ApiError } from "./engine/api-error.ts";
import { isObject, type JsonObject, textAt } from "./engine/json.ts";
import type { ApiModule, Call, Kind } from "./engine/kind.ts";

/** The account that copies: https://cloud.google.com/storage-transfer/docs/iam-transfer */
function agentOf(projectNumber: string): string {
  return `project-${projectNumber}@storage-transfer-service.iam.gserviceaccount.com`;
}

function checkBuckets(next: JsonObject, call: Call): void {
  const ends = {
    gcsDataSource: ["roles/storage.objectViewer", "roles/storage.objectUser"],
    gcsDataSink: [
      "roles/storage.objectUser",
      "roles/storage.objectAdmin",
      "roles/storage.legacyBucketWriter",
    ],
  };
  const project = call.world.projects.find(textAt(next, "projectId"));
  if (project === undefined)
    throw new ApiError("INVALID_ARGUMENT", `Unknown project '${textAt(next, "projectId")}'.`);
  for (const [end, roles] of Object.entries(ends)) {
    const bucket = textAt(next, `transferSpec.${end}.bucketName`);
    if (bucket === "") continue;
    if (call.world.state.get("storage", `b/${bucket}`) === undefined) {
      throw new ApiError("FAILED_PRECONDITION", `Bucket '${bucket}' does not exist.`);
    }
    const member = `serviceAccount:${agentOf(project.projectNumber)}`;
    const isGranted = call.world.policies
      .bindings(`storage/b/${bucket}`)
      .some(({ role, members }) => roles.includes(role) && members.includes(member));
    if (!isGranted) {
      throw new ApiError(
        "FAILED_PRECONDITION",
        `Failed to obtain the location of the GCS bucket ${bucket}: ${member} needs one of ${roles.join(", ")} on it.`,
      );
    }
  }
}

const transferJobs: Kind = {
  collection: "storagetransfer.transferJobs",
  schema: "TransferJob",
  check: (next, _before, call) => {
    if (!isObject(next["transferSpec"]))
      throw new ApiError("INVALID_ARGUMENT", "'transferSpec' is required.");
    checkBuckets(next, call);
  },
  complete: (next, before, call) => ({
    ...next,
    status: textAt(next, "status") || "ENABLED",
    creationTime: before?.["creationTime"] ?? call.world.identifiers.time(),
    lastModificationTime: call.world.identifiers.time(),
  }),
};

/** Storage Transfer: jobs are kept and checked; nothing is copied. */
export const storageTransfer: ApiModule = {
  shape: "storagetransfer.v1",
  style: "proto",
  kinds: [transferJobs],
  actions: {
    "storagetransfer.googleServiceAccounts.get": (call) => {
      const project = call.world.projects.find(call.parameters["projectId"] ?? "");
      if (project === undefined) throw new ApiError("NOT_FOUND", "The project was not found.");
      const accountEmail = agentOf(project.projectNumber);
      call.world.accounts.bear(accountEmail);
      return { accountEmail, subjectId: project.projectNumber };
    },
  },
};
