import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listAt, textAt } from "../../../local/google-apis/engine/json.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { type Ask, dev, openStandIn } from "./caller.ts";

let standIn: StandIn;
let ask: Ask;
const project = `projects/${dev.projectId}`;
const location = `${project}/locations/europe-west1`;
const compute = `/compute/v1/${project}/global`;

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn());
});

afterAll(() => standIn.close());

describe("a request is refused, in Google's words,", () => {
  test("without a token that was issued here", async () => {
    expect(await ask("GET", `/pubsub/v1/${project}/topics`, undefined, "")).toMatchObject({ status: 401 });
    const forged = await ask("GET", `/pubsub/v1/${project}/topics`, undefined, "ya29.forged");
    expect(forged.body).toMatchObject({ error: { code: 401, status: "UNAUTHENTICATED" } });
  });

  test("when its address is none of the methods", async () => {
    expect(await ask("GET", "/pubsub/v1/nothing/here")).toMatchObject({ status: 404 });
    expect(await ask("GET", "/run/v1/projects/p/locations/l/services")).toMatchObject({ status: 404 });
  });

  test("with a field, a parameter or a value that is unknown, or of the wrong type", async () => {
    const topic = `/pubsub/v1/${project}/topics/refused`;
    const unknown = await ask("PUT", topic, { messageStoragePolicy: { regions: [] } });
    expect(unknown.message).toBe(
      "Invalid JSON payload received. Unknown name \"regions\" at 'messageStoragePolicy': Cannot find field.",
    );
    expect(unknown.body).toMatchObject({
      error: {
        status: "INVALID_ARGUMENT",
        details: [{ fieldViolations: [{ field: "messageStoragePolicy" }] }],
      },
    });
    const wrong = await ask("PUT", topic, { labels: "text" });
    expect(wrong.message).toBe("Invalid value at 'labels' (map), \"text\"");
    const duration = await ask("PUT", topic, { messageRetentionDuration: "a day" });
    expect(duration.message).toContain("Field format google-duration");
    const parameter = await ask("PUT", `${topic}?colour=red`, {});
    expect(parameter.message).toContain('Unknown name "colour": Cannot bind query parameter.');
    const choice = await ask("POST", `/run/v2/${location}/services?serviceId=web`, { ingress: "OPEN" });
    expect(choice.message).toContain("Invalid value at 'ingress' (one of INGRESS_TRAFFIC_UNSPECIFIED");
    const all = await ask("PUT", topic, { a: 1, b: 2 });
    expect(all.message.split("\n")).toHaveLength(2);
  });

  test("when a field is named like what every object of JavaScript has", async () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "__proto__"]) {
      const answer = await ask("PUT", `/pubsub/v1/${project}/topics/inherited`, JSON.parse(`{"${name}":{}}`));
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.message).toContain(`Unknown name "${name}": Cannot find field.`);
    }
  });

  test("when it is too large or too deep, and the connection serves on", async () => {
    const topic = `/pubsub/v1/${project}/topics/large`;
    const large = await ask("PUT", topic, { labels: { a: "x".repeat(11 * 1024 * 1024) } });
    expect(large.message).toBe("Request payload size exceeds the limit: 10485760 bytes.");
    for (const [opened, closed] of [
      ["[", "]"],
      ['{"a":', "}"],
    ]) {
      const deep = JSON.parse(`{"labels":${opened?.repeat(101)}1${closed?.repeat(101)}}`);
      const answer = await ask("PUT", topic, deep);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.message).toContain("Message too deep. Max recursion depth reached for key");
    }
    expect(await ask("PUT", topic, { labels: { a: "1" } })).toMatchObject({ status: 200 });
  });

  test("without what a method needs", async () => {
    expect(await ask("POST", "/storage/v1/b", { name: "some-bucket" })).toMatchObject({
      status: 400,
      message: "Required parameter: project",
    });
    expect(await ask("POST", `${compute}/networks`, {})).toMatchObject({
      status: 400,
      message: "Required field 'resource.name' not specified",
    });
    const secret = await ask("POST", `/secretmanager/v1/${project}/secrets?secretId=none`, {});
    expect(secret.message).toBe("Secret.replication must be provided.");
    const job = await ask("POST", `/run/v2/${location}/jobs?jobId=none`, { labels: {} });
    expect(job.message).toBe("Required field 'resource.template' not specified");
    const subscription = await ask("PUT", `/pubsub/v1/${project}/subscriptions/none`, { topic: "" });
    expect(subscription.message).toBe("Required field 'resource.topic' not specified");
  });

  test("when messages are published that a topic does not take", async () => {
    const topic = `/pubsub/v1/${project}/topics/published-to`;
    const messages = [{ data: Buffer.from("{}").toString("base64"), orderingKey: "a" }];
    expect(await ask("POST", `${topic}:publish`, { messages })).toMatchObject({ status: 404 });
    await ask("PUT", topic, {});
    const taken = await ask("POST", `${topic}:publish`, { messages });
    expect(taken).toMatchObject({ status: 200, body: { messageIds: [expect.any(String)] } });
    for (const refused of [[], [{}], Array.from({ length: 1001 }, () => messages[0] ?? {})]) {
      const answer = await ask("POST", `${topic}:publish`, { messages: refused });
      expect(answer).toMatchObject({ status: 400, body: { error: { status: "INVALID_ARGUMENT" } } });
    }
  });

  test("for a name that is taken, and for one that cannot be", async () => {
    const network = { name: "taken", autoCreateSubnetworks: false };
    expect(await ask("POST", `${compute}/networks`, network)).toMatchObject({ status: 200 });
    expect(await ask("POST", `${compute}/networks`, network)).toMatchObject({
      status: 409,
      message: `The resource '${project}/global/networks/taken' already exists`,
    });
    expect(await ask("POST", `${compute}/networks`, { name: "Not-A-Name" })).toMatchObject({ status: 400 });
    expect(await ask("PUT", `/pubsub/v1/${project}/topics/taken`, {})).toMatchObject({ status: 200 });
    expect((await ask("PUT", `/pubsub/v1/${project}/topics/taken`, {})).body).toMatchObject({
      error: { code: 409, status: "ALREADY_EXISTS" },
    });
  });

  test("when it refers to what is not there", async () => {
    const proxy = { name: "proxy", urlMap: `${project}/global/urlMaps/none` };
    expect(await ask("POST", `${compute}/targetHttpProxies`, proxy)).toMatchObject({
      status: 404,
      message: `The resource '${project}/global/urlMaps/none' was not found`,
    });
    const bucket = { name: "media", bucketName: "no-such-bucket" };
    expect(await ask("POST", `${compute}/backendBuckets`, bucket)).toMatchObject({ status: 400 });
    const subscription = await ask("PUT", `/pubsub/v1/${project}/subscriptions/none`, {
      topic: `${project}/topics/none`,
    });
    expect(subscription).toMatchObject({ status: 404, message: "Resource not found (resource=none)." });
    const policy = {
      policy: {
        bindings: [
          {
            role: "roles/pubsub.publisher",
            members: [`serviceAccount:none@${dev.projectId}.iam.gserviceaccount.com`],
          },
        ],
      },
    };
    const member = await ask("POST", `/pubsub/v1/${project}/topics/taken:setIamPolicy`, policy);
    expect(member.message).toBe(
      `Service account none@${dev.projectId}.iam.gserviceaccount.com does not exist.`,
    );
    const role = { policy: { bindings: [{ role: "roles/none", members: ["user:a@example.com"] }] } };
    expect((await ask("POST", `/pubsub/v1/${project}/topics/taken:setIamPolicy`, role)).message).toBe(
      "Role roles/none is not supported for this resource.",
    );
  });

  test("when a serverless backend would judge answers beside the identity-aware proxy, or by success rates", async () => {
    const regional = `${project}/regions/europe-west1/networkEndpointGroups`;
    const group = { name: "web", networkEndpointType: "SERVERLESS", cloudRun: { service: "web" } };
    expect(await ask("POST", `/compute/v1/${regional}`, group)).toMatchObject({ status: 200 });
    const backend = { loadBalancingScheme: "EXTERNAL_MANAGED", backends: [{ group: `${regional}/web` }] };
    for (const more of [
      { iap: { enabled: true }, outlierDetection: { consecutiveErrors: 5 } },
      { outlierDetection: { successRateMinimumHosts: 2 } },
    ]) {
      const answer = await ask("POST", `${compute}/backendServices`, {
        name: "judging",
        ...backend,
        ...more,
      });
      expect(answer.status).toBe(400);
      expect(answer.message).toMatch(/resource\.outlierDetection.*Outlier detection is not supported\.$/);
    }
    const open = { name: "judging", ...backend, outlierDetection: { consecutiveErrors: 5 } };
    expect(await ask("POST", `${compute}/backendServices`, open)).toMatchObject({ status: 200 });
  });

  test("when who may act as an account is no expression, or not by the issuer's own claims", async () => {
    const pools = `/iam/v1/${project}/locations/global/workloadIdentityPools`;
    expect(await ask("POST", `${pools}?workloadIdentityPoolId=github`, {})).toMatchObject({ status: 200 });
    const federate = (attributeCondition: string) =>
      ask("POST", `${pools}/github/providers?workloadIdentityPoolProviderId=github`, {
        attributeMapping: { "google.subject": "assertion.sub" },
        attributeCondition,
        oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
      });
    expect((await federate("assertion.repository_id == ")).message).toMatch(
      /^Failed to parse the attribute condition 'assertion\.repository_id == ': /,
    );
    expect((await federate("'a' == 'a'")).message).toBe(
      "The attribute condition must reference one of the provider's claims.",
    );
    expect(await federate("assertion.event_name in ['push']")).toMatchObject({ status: 200 });
  });

  test("when what it would delete is still in use", async () => {
    const network = `${project}/global/networks/used`;
    await ask("POST", `${compute}/networks`, { name: "used", autoCreateSubnetworks: false });
    const subnetwork = { name: "used", network, ipCidrRange: "10.0.0.0/24" };
    await ask("POST", `/compute/v1/${project}/regions/europe-west1/subnetworks`, subnetwork);
    const refused = await ask("DELETE", `/compute/v1/${network}`);
    expect(refused.message).toContain(
      `is already being used by '${project}/regions/europe-west1/subnetworks/used'`,
    );
    expect(refused.body).toMatchObject({ error: { errors: [{ reason: "resourceInUseByAnotherResource" }] } });
    await ask("DELETE", `/compute/v1/${project}/regions/europe-west1/subnetworks/used`);
    expect(await ask("DELETE", `/compute/v1/${network}`)).toMatchObject({ status: 200 });
  });
});

test("a bucket that holds objects cannot be deleted, and the way to empty it is there", async () => {
  await ask("POST", `/storage/v1/b?project=${dev.projectId}`, { name: "full-bucket" });
  await ask("POST", "/upload/storage/v1/b/full-bucket/o?uploadType=media&name=a", { a: 1 });
  expect(await ask("DELETE", "/storage/v1/b/full-bucket")).toMatchObject({
    status: 409,
    message: "The bucket you tried to delete is not empty.",
  });
  expect(await ask("GET", "/storage/v1/b/full-bucket/anywhereCaches/")).toMatchObject({ status: 200 });
  const { body } = await ask("GET", "/storage/v1/b/full-bucket/o?versions=true");
  const [object] = listAt(body, "items");
  await ask("DELETE", `/storage/v1/b/full-bucket/o/a?generation=${textAt(object, "generation")}`);
  expect(await ask("DELETE", "/storage/v1/b/full-bucket")).toMatchObject({ status: 204 });
  expect(await ask("GET", "/storage/v1/b/full-bucket")).toMatchObject({ status: 404 });
});

describe("a change made on an old reading is refused:", () => {
  test("an etag that is not the newest is 409 ABORTED", async () => {
    const path = `/secretmanager/v1/${project}/secrets/tagged`;
    const first = await ask("POST", `/secretmanager/v1/${project}/secrets?secretId=tagged`, {
      replication: { automatic: {} },
    });
    const etag = textAt(first.body, "etag");
    await ask("PATCH", `${path}?updateMask=labels`, { labels: { a: "1" }, etag });
    const stale = await ask("PATCH", `${path}?updateMask=labels`, { labels: { a: "2" }, etag });
    expect(stale.body).toMatchObject({ error: { code: 409, status: "ABORTED" } });
  });

  test("a policy's etag likewise, and the storage API says 412", async () => {
    const topic = `/pubsub/v1/${project}/topics/policies`;
    await ask("PUT", topic, {});
    const before = await ask("GET", `${topic}:getIamPolicy`);
    const bindings = [{ role: "roles/pubsub.viewer", members: ["user:a@example.com"] }];
    const known = [{ role: "roles/pubsub.publisher", members: ["user:a@example.com"] }];
    expect(await ask("POST", `${topic}:setIamPolicy`, { policy: { bindings } })).toMatchObject({
      status: 400,
    });
    expect(
      await ask("POST", `${topic}:setIamPolicy`, { policy: { ...before.body, bindings: known } }),
    ).toMatchObject({ status: 200 });
    const late = await ask("POST", `${topic}:setIamPolicy`, { policy: { ...before.body, bindings: [] } });
    expect(late.body).toMatchObject({ error: { status: "ABORTED" } });

    await ask("POST", `/storage/v1/b?project=${dev.projectId}`, { name: "policies-bucket" });
    const policy = await ask("GET", "/storage/v1/b/policies-bucket/iam");
    const empty = { bindings: [], etag: textAt(policy.body, "etag") };
    expect(await ask("PUT", "/storage/v1/b/policies-bucket/iam", empty)).toMatchObject({ status: 200 });
    expect(await ask("PUT", "/storage/v1/b/policies-bucket/iam", empty)).toMatchObject({ status: 412 });
  });

  test("compute's fingerprints are 412, storage's metagenerations too", async () => {
    await ask("POST", `${compute}/sslPolicies`, { name: "tls", profile: "MODERN", minTlsVersion: "TLS_1_2" });
    const { body } = await ask("GET", `${compute}/sslPolicies/tls`);
    const fingerprint = textAt(body, "fingerprint");
    expect(
      await ask("PATCH", `${compute}/sslPolicies/tls`, { profile: "RESTRICTED", fingerprint }),
    ).toMatchObject({ status: 200 });
    expect(
      await ask("PATCH", `${compute}/sslPolicies/tls`, { profile: "MODERN", fingerprint }),
    ).toMatchObject({
      status: 412,
      message: "Invalid fingerprint.",
    });
    const update = await ask("PATCH", "/storage/v1/b/policies-bucket?ifMetagenerationMatch=7", {
      labels: { a: "1" },
    });
    expect(update).toMatchObject({ status: 412 });
  });
});

describe("a caller needs the permission:", () => {
  test("nobody but those whom a policy names, and what a role does not hold stays closed", async () => {
    const stranger = standIn.world.tokens.issue("user:stranger@example.com");
    const refused = await ask("GET", `/run/v2/${location}/services/none`, undefined, stranger);
    expect(refused.body).toMatchObject({
      error: {
        code: 403,
        status: "PERMISSION_DENIED",
        details: [{ metadata: { permission: "run.services.get" } }],
      },
    });
    const policy = await ask("POST", `/cloudresourcemanager/v1/${project}:getIamPolicy`, {});
    const bindings = [
      ...listAt(policy.body, "bindings"),
      { role: "roles/run.viewer", members: ["user:stranger@example.com"] },
    ];
    await ask("POST", `/cloudresourcemanager/v1/${project}:setIamPolicy`, {
      policy: { ...policy.body, bindings },
    });
    expect(await ask("GET", `/run/v2/${location}/services/none`, undefined, stranger)).toMatchObject({
      status: 404,
    });
    const change = await ask("POST", `/run/v2/${location}/services?serviceId=web`, {}, stranger);
    expect(change.message).toContain("Permission 'run.services.create' denied");
  });

  test("and the project must have enabled the API", async () => {
    const closed = await openStandIn();
    await closed.ask("POST", `/serviceusage/v1/${project}/services/redis.googleapis.com:disable`, {});
    const refused = await closed.ask("GET", `/redis/v1/${location}/instances/cache`);
    expect(refused.body).toMatchObject({ error: { code: 403, details: [{ reason: "SERVICE_DISABLED" }] } });
    await closed.standIn.close();
  });
});
