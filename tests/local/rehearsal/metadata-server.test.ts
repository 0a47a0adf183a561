import { expect, test } from "vitest";
import { bytesOf, imageSource } from "../../../local/rehearsal/container-spec.ts";
import { startMetadataServer } from "../../../local/rehearsal/metadata-server.ts";
import { openStandIn } from "../google-apis/caller.ts";

test("a container gets tokens of its own account, and only when it names the metadata's flavour", async () => {
  const { standIn } = await openStandIn();
  const account = "web@imgstream-dev.iam.gserviceaccount.com";
  const identity = {
    projectId: "imgstream-dev",
    projectNumber: "100000000001",
    region: "europe-west1",
    account,
  };
  const server = await startMetadataServer(standIn.world, identity);
  const ask = async (path: string, headers: Record<string, string> = { "metadata-flavor": "Google" }) =>
    fetch(`${server.origin}/computeMetadata/v1/${path}`, { headers });
  expect((await ask("instance/service-accounts/default/token", {})).status).toBe(403);
  expect(await (await ask("project/project-id")).text()).toBe("imgstream-dev");
  expect(await (await ask("instance/service-accounts/default/email")).text()).toBe(account);
  const { access_token: token } = (await (await ask("instance/service-accounts/default/token")).json()) as {
    access_token: string;
  };
  expect(standIn.world.tokens.memberOf(token)).toBe(`serviceAccount:${account}`);
  expect((await ask("instance/service-accounts/default/identity")).status).toBe(400);
  expect((await ask("instance/nothing")).status).toBe(404);
  await server.close();
  await standIn.close();
});

test("quantities of memory and images of Artifact Registry are read", () => {
  expect(bytesOf("512Mi")).toBe(536_870_912);
  expect(bytesOf("1Gi")).toBe(1_073_741_824);
  expect(() => bytesOf("much")).toThrow("'much' is no quantity of memory");
  expect(imageSource("europe-west1-docker.pkg.dev/p/r/app:tag", "http://127.0.0.1:5000")).toEqual({
    registry: "http://127.0.0.1:5000",
    repository: "p/r/app",
    reference: "tag",
  });
  const digest = `sha256:${"a".repeat(64)}`;
  expect(imageSource(`host/p/app@${digest}`, "http://127.0.0.1:5000").reference).toBe(digest);
});
