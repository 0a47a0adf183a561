import { afterEach, expect, test } from "vitest";
import { runApplyProgram, startGoogleDouble } from "./google-double.ts";
import type { Answer, GoogleDouble } from "./google-double.ts";

let google: GoogleDouble | undefined;

afterEach(() => google?.close());

const service = "projects/p/locations/l/services/web";
const revision = `${service}/revisions/web-00001`;
const command = `terraform -chdir=${process.cwd()} untaint google_cloud_run_v2_service.web`;

const underWay = { latestCreatedRevision: revision, reconciling: true };
const failed = {
  latestCreatedRevision: revision,
  terminalCondition: { state: "CONDITION_FAILED", message: "Image not found." },
};
const ready = { latestCreatedRevision: revision, latestReadyRevision: revision };

/** Cloud Run says this about the service, one after the other; nothing means that it is not there. */
async function watch(said: readonly unknown[], variables: Readonly<Record<string, string>> = {}) {
  const answers = [...said];
  google = await startGoogleDouble((line): Answer | undefined => {
    if (line !== `GET /v2/${service}`) return undefined;
    const body = answers.length > 1 ? answers.shift() : answers[0];
    return body === undefined ? undefined : { body };
  });
  return runApplyProgram("first-roll-out", {
    ...google.variables,
    GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT: `${google.address}/v2/`,
    SERVICE: service,
    ADDRESS: "google_cloud_run_v2_service.web",
    APPEARS_WITHIN: "60",
    SETTLES_WITHIN: "0",
    ...variables,
  });
}

test("a service that appears and becomes ready passes, and says what to run should it be tainted", async () => {
  expect(await watch([undefined, underWay, ready])).toEqual({
    code: 0,
    stdout: `web: web-00001 is ready. Should Terraform plan to replace it, run\n\n  ${command}`,
    stderr: "",
  });
});

test("a first revision that fails is named with its reason and the exact command", async () => {
  const { code, stderr } = await watch([undefined, underWay, failed], { SETTLES_WITHIN: "3600" });
  expect(code).toBe(1);
  expect(stderr).toBe(
    "web never served: web-00001 is not ready (Image not found). Mend that. Terraform holds the service as tainted " +
      "and plans to replace it, which its deletion protection refuses: before you deploy again, run\n\n" +
      `  ${command}`,
  );
});

test("one that failed at an earlier apply is given the time that its change takes to begin", async () => {
  expect((await watch([failed, underWay, ready], { SETTLES_WITHIN: "3600" })).code).toBe(0);
  await google?.close();
  expect((await watch([failed])).stderr).toContain(`run\n\n  ${command}`);
});

test("a service that does not appear is left to its own error", async () => {
  expect((await watch([undefined], { APPEARS_WITHIN: "0" })).stderr).toBe(
    "web is not there yet: where its own error is told beside this one, mend that. Deploy again",
  );
});

test("what Google refuses is said as Google says it", async () => {
  google = await startGoogleDouble(() => ({ status: 403, body: { error: { message: "run.services.get" } } }));
  const { code, stderr } = await runApplyProgram("first-roll-out", {
    ...google.variables,
    GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT: `${google.address}/v2/`,
    SERVICE: service,
    ADDRESS: "a",
    APPEARS_WITHIN: "60",
    SETTLES_WITHIN: "0",
  });
  expect([code, stderr.includes("answered 403: run.services.get")]).toEqual([1, true]);
});

test("the command names the binary in use, and quotes what a shell would take apart", async () => {
  const { stderr } = await watch([failed], {
    TERRAFORM_BINARY_NAME: "tofu",
    ADDRESS: 'google_cloud_run_v2_service.web["it\'s"]',
  });
  expect(stderr).toContain(
    String.raw`tofu -chdir=${process.cwd()} untaint 'google_cloud_run_v2_service.web["it'\''s"]'`,
  );
});
