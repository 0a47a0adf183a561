import { afterEach, expect, test } from "vitest";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";
import type { GoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;

afterEach(() => google?.close());

const service = "projects/p/locations/l/services/web";
const image = "europe-west1-docker.pkg.dev/p/r/app:new";
const newest = `${service}/revisions/web-00002`;
const older = `${service}/revisions/web-00001`;

/** A service whose newest revision serves, but for what a test changes. */
function serviceWith(changes: Record<string, unknown> = {}) {
  return {
    template: { containers: [{ image }] },
    latestCreatedRevision: newest,
    latestReadyRevision: newest,
    terminalCondition: { type: "Ready", state: "CONDITION_SUCCEEDED" },
    trafficStatuses: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
    ...changes,
  };
}

async function run(services: readonly unknown[], revision: unknown = { containers: [{ image }] }) {
  const answers = [...services];
  google = await startGoogleDouble((line) => {
    if (line === `GET /v2/${service}`) return { body: answers.length > 1 ? answers.shift() : answers[0] };
    if (line === `GET /v2/${newest}`) return { body: revision };
    return undefined;
  });
  return runApplyProgram("serving-revision", {
    ...google.variables,
    GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT: `${google.address}/v2/`,
    SERVICE: service,
    IMAGE: image,
  });
}

const remedy = "Its log says why: mend that and deploy again, or deploy the commit before";

test("the revision that serves this image passes, named by tag or by digest", async () => {
  expect(await run([serviceWith()])).toEqual({
    code: 0,
    stdout: `web: web-00002 serves ${image}`,
    stderr: "",
  });
  await google?.close();
  const byDigest = {
    containers: [{ image: `europe-west1-docker.pkg.dev/p/r/app@sha256:${"a".repeat(64)}` }],
  };
  expect((await run([serviceWith()], byDigest)).code).toBe(0);
});

test("a roll-out under way is awaited", async () => {
  const underWay = serviceWith({ reconciling: true, latestReadyRevision: older });
  expect((await run([underWay, underWay, serviceWith()])).code).toBe(0);
});

test("a revision that failed is named with its reason, and what serves on", async () => {
  const failed = serviceWith({
    latestReadyRevision: older,
    terminalCondition: { type: "Ready", state: "CONDITION_FAILED", message: "not ready" },
  });
  const conditions = [
    { type: "ContainerReady", state: "CONDITION_FAILED", message: "The container failed to start." },
  ];
  expect(await run([failed], { containers: [{ image }], conditions })).toEqual({
    code: 1,
    stdout: "",
    stderr: `web does not serve ${image}: web-00002 failed (The container failed to start). web-00001 serves on. ${remedy}`,
  });
});

test("a first revision that failed says that nothing serves", async () => {
  const { latestReadyRevision: _, ...first } = serviceWith({
    terminalCondition: { state: "CONDITION_FAILED", message: "Image not found." },
  });
  expect((await run([first])).stderr).toBe(
    `web does not serve ${image}: web-00002 is not ready (Image not found). Nothing serves yet. ${remedy}`,
  );
});

test.each([
  [
    "another image in the service",
    serviceWith({ template: { containers: [{ image: "other:old" }] } }),
    `web was told to run other:old and not ${image}.`,
  ],
  [
    "traffic that stays elsewhere",
    serviceWith({
      trafficStatuses: [
        { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "web-00001", percent: 90 },
        { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "web-00002", percent: 10 },
      ],
    }),
    `web-00002 runs ${image} and gets 10 % of the traffic.`,
  ],
])("%s is refused", async (_what, answer, sentence) => {
  const { code, stderr } = await run([answer]);
  expect([code, stderr]).toEqual([1, `${sentence} ${remedy}`]);
});

test("a revision of another image is refused", async () => {
  const { stderr } = await run([serviceWith()], {
    containers: [{ image: "europe-west1-docker.pkg.dev/p/r/app:old" }],
  });
  expect(stderr).toBe(`web-00002 runs europe-west1-docker.pkg.dev/p/r/app:old and not ${image}. ${remedy}`);
});

test("a service that is not there is Google's own refusal", async () => {
  google = await startGoogleDouble(() => undefined);
  const { code, stderr } = await runApplyProgram("serving-revision", {
    ...google.variables,
    GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT: `${google.address}/v2/`,
    SERVICE: service,
    IMAGE: image,
  });
  expect(code).toBe(1);
  expect(stderr).toContain(`answered 404: Not found: GET /v2/${service}`);
});
