import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textAt } from "../../../local/google-apis/engine/json.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { DeclaredEvents } from "../../../local/rehearsal/declared-events.ts";
import { type Ask, openStandIn } from "../google-apis/caller.ts";

const project = "projects/imgstream-dev";
const number = "100000000001";
const account = "events@imgstream-dev.iam.gserviceaccount.com";
const accountName = `${project}/serviceAccounts/${account}`;
const service = `${project}/locations/europe-west1/services/worker`;
const audience = "https://photos.example.com/events";
const pushes: { readonly path: string; readonly token: string; readonly objectId: string }[] = [];
const refusals: number[] = [];
const worker = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const { message } = JSON.parse(Buffer.concat(parts).toString("utf8")) as {
      message: { attributes: { objectId: string } };
    };
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    pushes.push({ path: request.url ?? "", token, objectId: message.attributes.objectId });
    response.writeHead(refusals.shift() ?? 204).end();
  });
});
let standIn: StandIn;
let ask: Ask;
let events: DeclaredEvents;

async function grant(path: string, role: string, member: string): Promise<void> {
  const policy = { bindings: [{ role, members: [member] }] };
  expect((await ask("POST", `${path}:setIamPolicy`, { policy })).status).toBe(200);
}

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn());
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  const { port } = worker.address() as AddressInfo;
  const containers = { originOf: () => `http://127.0.0.1:${port}` };
  events = new DeclaredEvents({ world: standIn.world, containers, retryMilliseconds: 5 });

  await ask("POST", "/storage/v1/b?project=imgstream-dev", { name: "uploads-bucket" });
  await ask("GET", "/storage/v1/projects/imgstream-dev/serviceAccount");
  for (const topic of ["uploads", "dead"]) await ask("PUT", `/pubsub/v1/${project}/topics/${topic}`, {});
  await grant(
    `/pubsub/v1/${project}/topics/uploads`,
    "roles/pubsub.publisher",
    `serviceAccount:service-${number}@gs-project-accounts.iam.gserviceaccount.com`,
  );
  await ask("POST", "/storage/v1/b/uploads-bucket/notificationConfigs", {
    topic: `//pubsub.googleapis.com/${project}/topics/uploads`,
    event_types: ["OBJECT_FINALIZE"],
    object_name_prefix: "temp/",
    payload_format: "JSON_API_V1",
  });
  await ask("POST", `/iam/v1/${project}/serviceAccounts`, { accountId: "events", serviceAccount: {} });
  const template = { containers: [{ image: "europe-west1-docker.pkg.dev/imgstream-dev/imgstream/app:1" }] };
  await ask("POST", `/run/v2/${project}/locations/europe-west1/services?serviceId=worker`, {
    template,
    customAudiences: [audience],
  });
  const uri = textAt((await ask("GET", `/run/v2/${service}`)).body, "uri");
  await ask("PUT", `/pubsub/v1/${project}/subscriptions/to-worker`, {
    topic: `${project}/topics/uploads`,
    pushConfig: {
      pushEndpoint: `${uri}/events/uploads`,
      oidcToken: { serviceAccountEmail: account, audience },
    },
    deadLetterPolicy: { deadLetterTopic: `${project}/topics/dead`, maxDeliveryAttempts: 5 },
  });
  await ask("PUT", `/pubsub/v1/${project}/subscriptions/dead`, { topic: `${project}/topics/dead` });
});

afterAll(async () => {
  await events.close();
  worker.close();
  await standIn.close();
});

function put(name: string): void {
  standIn.world.objects.bucket("uploads-bucket")?.insert(name, Buffer.from("x"));
}

test("what is missing on the way is said, and once nothing is, the worker gets a token of its own account", async () => {
  put("temp/one");
  await expect.poll(() => events.faults.at(-1)).toMatch(/gcp-sa-pubsub\S+ may make no tokens of events@/);
  await ask(
    "POST",
    `/serviceusage/v1beta1/${project}/services/pubsub.googleapis.com:generateServiceIdentity`,
    {},
  );
  const agent = `serviceAccount:service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  await grant(`/iam/v1/${accountName}`, "roles/iam.serviceAccountTokenCreator", agent);
  put("temp/two");
  await expect.poll(() => events.faults.join("\n")).toMatch(/may not invoke \S+worker: its invoker grant/);
  await grant(`/run/v2/${service}`, "roles/run.invoker", `serviceAccount:${account}`);

  put("temp/three");
  put("elsewhere/four");
  await expect.poll(() => pushes.map(({ objectId }) => objectId)).toContain("temp/three");
  const push = pushes.find(({ objectId }) => objectId === "temp/three");
  const claims: unknown = JSON.parse(
    Buffer.from(push?.token.split(".")[1] ?? "", "base64url").toString("utf8"),
  );
  expect(claims).toMatchObject({ aud: audience, email: account, email_verified: true });
  expect(push?.path).toBe("/events/uploads");
  expect(pushes.map(({ objectId }) => objectId)).not.toContain("elsewhere/four");
});

test("what somebody publishes is pushed as well", async () => {
  const data = Buffer.from("{}").toString("base64");
  const messages = [{ data, attributes: { objectId: "published" } }];
  const reply = await ask("POST", `/pubsub/v1/${project}/topics/uploads:publish`, { messages });
  expect(reply.status).toBe(200);
  await expect.poll(() => pushes.map(({ objectId }) => objectId)).toContain("published");
  expect(events.published.get(`${project}/topics/uploads`)).toBeGreaterThan(0);
});

test("a push that is not acknowledged comes again, and at last waits in the dead letter", async () => {
  refusals.push(503, 503);
  put("temp/again");
  const came = () => pushes.filter(({ objectId }) => objectId === "temp/again").length;
  await expect.poll(came).toBe(3);
  refusals.push(500, 500, 500, 500, 500);
  put("temp/never");
  await expect
    .poll(() => events.faults.at(-1))
    .toMatch(/may not publish to \S+dead: a message of \S+ is lost/);
  expect(pushes.filter(({ objectId }) => objectId === "temp/never")).toHaveLength(5);

  const agent = `serviceAccount:service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  await grant(`/pubsub/v1/${project}/topics/dead`, "roles/pubsub.publisher", agent);
  events.isCutOff = true;
  put("temp/cut-off");
  await expect.poll(() => events.faults.at(-1)).toMatch(/to-worker: the message went to the dead letters/);
  events.isCutOff = false;
  const pulled = await ask("POST", `/pubsub/v1/${project}/subscriptions/dead:pull`, { maxMessages: 10 });
  expect(pulled.body).toMatchObject({
    receivedMessages: [
      {
        message: {
          attributes: {
            objectId: "temp/cut-off",
            CloudPubSubDeadLetterSourceSubscription: "to-worker",
            CloudPubSubDeadLetterSourceDeliveryCount: "5",
          },
        },
      },
    ],
  });
});
