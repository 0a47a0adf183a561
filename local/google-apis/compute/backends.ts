import { ApiError } from "../engine/api-error.ts";
import { checkComputeReferences } from "../engine/compute-references.ts";
import {
  at,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  objectsAt,
  textAt,
  withAt,
} from "../engine/json.ts";
import type { Action, Call, Kind } from "../engine/kind.ts";
import { changing } from "./networks.ts";

/** More keys than this a backend does not take: https://cloud.google.com/cdn/docs/using-signed-urls */
const mostSignedUrlKeys = 3;

const cdnDefaults: JsonObject = {
  cacheMode: "CACHE_ALL_STATIC",
  clientTtl: 3600,
  defaultTtl: 3600,
  maxTtl: 86400,
  negativeCaching: false,
  requestCoalescing: false,
  serveWhileStale: 0,
  signedUrlCacheMaxAgeSec: "0",
};

function cdnPolicy(given: JsonObject): JsonObject {
  const isByOrigin = given["cacheMode"] === "USE_ORIGIN_HEADERS";
  const { clientTtl, defaultTtl, maxTtl, ...always } = cdnDefaults;
  return { ...always, ...(isByOrigin ? {} : { clientTtl, defaultTtl, maxTtl }), ...given };
}

function checkBucket(next: JsonObject, call: Call): void {
  const bucket = textAt(next, "bucketName");
  if (bucket === "") {
    throw new ApiError("INVALID_ARGUMENT", "Required field 'resource.bucketName' not specified", {
      reason: "required",
    });
  }
  if (call.world.state.get("storage", `b/${bucket}`) === undefined) {
    const message = `Invalid value for field 'resource.bucketName': '${bucket}'. The bucket does not exist or Cloud CDN cannot read it.`;
    throw new ApiError("INVALID_ARGUMENT", message);
  }
}

const addSignedUrlKey: Action = changing("addSignedUrlKey", (body, call) => {
  const names = listAt(body, "cdnPolicy.signedUrlKeyNames");
  const name = textAt(call.body, "keyName");
  const key = textAt(call.body, "keyValue");
  if (!/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name) || Buffer.from(key, "base64url").length !== 16) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      "A signed URL key needs a name of RFC 1035 and 16 bytes in base64url.",
    );
  }
  if (names.includes(name)) throw new ApiError("ALREADY_EXISTS", `Signed URL key '${name}' already exists.`);
  if (names.length >= mostSignedUrlKeys) {
    throw new ApiError(
      "INVALID_ARGUMENT",
      `At most ${mostSignedUrlKeys} signed URL keys are allowed per backend.`,
    );
  }
  call.world.signedUrlKeys.set(`${textAt(body, "selfLink")}#${name}`, key);
  const project = call.world.projects.find(call.parameters["project"] ?? "");
  if (project !== undefined) {
    call.world.accounts.bear(`service-${project.projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`);
  }
  return withAt(body, "cdnPolicy.signedUrlKeyNames", [...names, name]);
});

const deleteSignedUrlKey: Action = changing("deleteSignedUrlKey", (body, call) => {
  const names = listAt(body, "cdnPolicy.signedUrlKeyNames");
  const name = textAt(call.query, "keyName");
  if (!names.includes(name)) throw new ApiError("NOT_FOUND", `Signed URL key '${name}' was not found.`);
  call.world.signedUrlKeys.delete(`${textAt(body, "selfLink")}#${name}`);
  const left = names.filter((known) => known !== name);
  return withAt(body, "cdnPolicy.signedUrlKeyNames", left.length > 0 ? left : undefined);
});

function securing(field: "securityPolicy" | "edgeSecurityPolicy", type: string): Action {
  return changing(type, (body, call) => {
    const policy = textAt(call.body, "securityPolicy");
    if (policy === "") return withAt(body, field, undefined);
    const checked = checkComputeReferences({ policy }, call);
    return { ...body, [field]: textAt(checked, "policy") };
  });
}

/** Output of earlier changes that an update must not lose. */
function kept(before: JsonObject | undefined, path: string): JsonObject {
  const value = at(before, path);
  return value === undefined ? {} : withAt({}, path, value);
}

const backendBuckets: Kind = {
  collection: "compute.backendBuckets",
  schema: "BackendBucket",
  check: (next, _before, call) => checkBucket(next, call),
  complete: (next, before) => {
    const keys = objectAt(kept(before, "cdnPolicy.signedUrlKeyNames"), "cdnPolicy");
    const policy = isObject(next["cdnPolicy"]) || next["enableCdn"] === true;
    return {
      ...next,
      ...kept(before, "edgeSecurityPolicy"),
      ...(policy ? { cdnPolicy: { ...cdnPolicy(objectAt(next, "cdnPolicy")), ...keys } } : {}),
    };
  },
  actions: {
    addSignedUrlKey,
    deleteSignedUrlKey,
    setEdgeSecurityPolicy: securing("edgeSecurityPolicy", "setEdgeSecurityPolicy"),
  },
};

function isServerless(backend: JsonObject): boolean {
  return /\/regions\/[^/]+\/networkEndpointGroups\//.test(textAt(backend, "group"));
}

function checkBackends(next: JsonObject): void {
  const serverless = objectsAt(next, "backends").filter(isServerless);
  if (serverless.length === 0) return;
  if (listAt(next, "healthChecks").length > 0) {
    const message =
      "A backend service cannot have a healthcheck with Serverless network endpoint group backends.";
    throw new ApiError("INVALID_ARGUMENT", `Invalid value for field 'resource.healthChecks'. ${message}`);
  }
  for (const field of ["timeoutSec", "portName", "port"]) {
    if (next[field] !== undefined && next[field] !== 0 && next[field] !== "") {
      const message = `${field} is not supported for a backend service with Serverless network endpoint group backends.`;
      throw new ApiError("INVALID_ARGUMENT", `Invalid value for field 'resource.${field}'. ${message}`);
    }
  }
  checkOutlierDetection(next);
}

/** https://docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts */
function checkOutlierDetection(next: JsonObject): void {
  const detection = objectAt(next, "outlierDetection");
  const isRefused =
    (next["outlierDetection"] !== undefined && at(next, "iap.enabled") === true) ||
    Object.keys(detection).some((field) => /^(enforcingSuccessRate|successRate)/.test(field));
  if (!isRefused) return;
  const message = `Invalid value for field 'resource.outlierDetection': '${JSON.stringify(detection)}'. Outlier detection is not supported.`;
  throw new ApiError("INVALID_ARGUMENT", message);
}

const backendServices: Kind = {
  collection: "compute.backendServices",
  schema: "BackendService",
  check: (next, before) => {
    const output = ["timeoutSec", "portName", "port"].filter((field) => before?.[field] === next[field]);
    checkBackends(
      before === undefined ? next : output.reduce((bare, field) => withAt(bare, field, undefined), next),
    );
  },
  complete: (next, before) => {
    const backends = objectsAt(next, "backends").map((backend) => ({
      balancingMode: "UTILIZATION",
      capacityScaler: 1,
      ...backend,
    }));
    const iap = objectAt(next, "iap");
    const policy = isObject(next["cdnPolicy"]) && next["enableCDN"] === true;
    return {
      protocol: "HTTP",
      port: 80,
      portName: "http",
      timeoutSec: 30,
      sessionAffinity: "NONE",
      affinityCookieTtlSec: 0,
      loadBalancingScheme: "EXTERNAL",
      enableCDN: false,
      connectionDraining: { drainingTimeoutSec: 300 },
      ...next,
      ...kept(before, "securityPolicy"),
      ...kept(before, "edgeSecurityPolicy"),
      ...(backends.length > 0 ? { backends } : {}),
      ...(policy ? { cdnPolicy: cdnPolicy(objectAt(next, "cdnPolicy")) } : {}),
      ...(next["iap"] === undefined
        ? {}
        : { iap: { enabled: iap["enabled"] === true, ...visibleClient(iap) } }),
    };
  },
  afterDeletion: ({ name }, call) => {
    const guarded = name.replace("/global/backendServices/", "/iap_web/compute/services/");
    call.world.state.remove("iap", `${guarded}:settings`);
    call.world.policies.remove(`iap/${guarded}`);
  },
  actions: {
    setSecurityPolicy: securing("securityPolicy", "setSecurityPolicy"),
    setEdgeSecurityPolicy: securing("edgeSecurityPolicy", "setEdgeSecurityPolicy"),
  },
};

/** The client's secret is never answered. */
function visibleClient(iap: JsonObject): JsonObject {
  const { oauth2ClientId } = iap;
  return oauth2ClientId === undefined ? {} : { oauth2ClientId };
}

export const backendKinds: readonly Kind[] = [backendBuckets, backendServices];
