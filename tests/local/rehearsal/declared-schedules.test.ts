import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { textAt } from "../../../local/google-apis/engine/json.ts";
import type { StandIn } from "../../../local/google-apis/stand-in.ts";
import { DeclaredSchedules } from "../../../local/rehearsal/declared-schedules.ts";
import { passEverySchedule } from "../../../local/rehearsal/every-schedule.ts";
import { type Ask, openStandIn } from "../google-apis/caller.ts";

const project = "projects/imgstream-dev";
const place = `${project}/locations/europe-west1`;
const account = "ticker@imgstream-dev.iam.gserviceaccount.com";
const service = `${place}/services/worker`;
const asked: { readonly path: string; readonly token: string; readonly body: string }[] = [];
const refusals: number[] = [];
const worker = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    asked.push({ path: request.url ?? "", token, body: Buffer.concat(parts).toString("utf8") });
    response.writeHead(refusals.shift() ?? 204).end();
  });
});
let standIn: StandIn;
let ask: Ask;
let uri = "";
const minute = 60_000;

function clockFrom(time: string): DeclaredSchedules {
  const { port } = worker.address() as AddressInfo;
  const containers = { originOf: () => `http://127.0.0.1:${port}` };
  return new DeclaredSchedules({
    world: standIn.world,
    containers,
    apiOrigin: standIn.origin,
    from: new Date(time),
  });
}

async function schedule(name: string, body: Record<string, unknown>): Promise<void> {
  const made = await ask("POST", `/cloudscheduler/v1/${place}/jobs`, {
    name: `${place}/jobs/${name}`,
    ...JSON.parse(JSON.stringify(body)),
  });
  expect(made.message).toBe("");
}

beforeAll(async () => {
  ({ standIn, ask } = await openStandIn());
  await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
  await ask("POST", `/iam/v1/${project}/serviceAccounts`, { accountId: "ticker", serviceAccount: {} });
  const template = { containers: [{ image: "europe-west1-docker.pkg.dev/imgstream-dev/imgstream/app:1" }] };
  await ask("POST", `/run/v2/${place}/services?serviceId=worker`, {
    template,
    customAudiences: ["the-worker"],
  });
  uri = textAt((await ask("GET", `/run/v2/${service}`)).body, "uri");
  const policy = { bindings: [{ role: "roles/run.invoker", members: [`serviceAccount:${account}`] }] };
  await ask("POST", `/run/v2/${service}:setIamPolicy`, { policy });
});

beforeEach(async () => {
  for (const { name } of standIn.world.state.all({ collection: "cloudscheduler.projects.locations.jobs" })) {
    await ask("DELETE", `/cloudscheduler/v1/${name}`);
  }
  asked.length = 0;
  refusals.length = 0;
});

afterAll(async () => {
  worker.close();
  await standIn.close();
});

const nothing = async (): Promise<void> => undefined;

function toWorker(path: string, audience: string) {
  const body = Buffer.from("sweep").toString("base64");
  return { uri: uri + path, body, oidcToken: { serviceAccountEmail: account, audience } };
}

test("what is due when the clock passes is done then, in its own zone, with a token for the declared audience", async () => {
  await schedule("nightly", {
    schedule: "30 2 * * *",
    timeZone: "Europe/Berlin",
    httpTarget: toWorker("/nightly", "the-worker"),
  });
  await schedule("often", { schedule: "*/10 * * * *", httpTarget: toWorker("/often", "the-worker") });
  const clock = clockFrom("2026-11-27T01:15:00Z");
  expect(await clock.advance(4 * minute)).toEqual([]);
  const attempts = await clock.advance(12 * minute);
  expect(attempts.map(({ job, at, fault }) => [job.split("/").at(-1), at.toISOString(), fault])).toEqual([
    ["often", "2026-11-27T01:20:00.000Z", undefined],
    ["nightly", "2026-11-27T01:30:00.000Z", undefined],
    ["often", "2026-11-27T01:30:00.000Z", undefined],
  ]);
  expect(clock.now.toISOString()).toBe("2026-11-27T01:31:00.000Z");
  expect(asked.map(({ path, body }) => `${path} ${body}`).toSorted()).toEqual([
    "/nightly sweep",
    "/often sweep",
    "/often sweep",
  ]);
  const claims: unknown = JSON.parse(
    Buffer.from(asked[0]?.token.split(".")[1] ?? "", "base64url").toString("utf8"),
  );
  expect(claims).toMatchObject({ aud: "the-worker", email: account, email_verified: true });
});

test("what fails comes again after the declared pauses, and no more often than declared", async () => {
  await schedule("failing", {
    schedule: "0 5 * * *",
    retryConfig: { retryCount: 2, minBackoffDuration: "10s", maxBackoffDuration: "60s" },
    httpTarget: toWorker("/failing", "the-worker"),
  });
  const clock = clockFrom("2026-11-27T04:59:00Z");
  refusals.push(503, 500, 500);
  const attempts = await clock.advance(10 * minute);
  expect(attempts.map(({ at, attempt }) => [attempt, at.toISOString().slice(11, 19)])).toEqual([
    [1, "05:00:00"],
    [2, "05:00:10"],
    [3, "05:00:30"],
  ]);
  expect(clock.faults.at(-1)).toContain("gave up after 3 attempts");
  refusals.push(503);
  const [first, second, ...more] = await clock.advance(24 * 60 * minute);
  expect([first?.fault, second?.fault, more]).toEqual([
    expect.stringContaining("answered 503"),
    undefined,
    [],
  ]);
});

test("another audience, a missing invoker and a paused job ask nobody", async () => {
  await schedule("elsewhere", { schedule: "0 5 * * *", httpTarget: toWorker("/", "somebody-else") });
  await schedule("paused", { schedule: "0 5 * * *", httpTarget: toWorker("/paused", "the-worker") });
  await ask("POST", `/cloudscheduler/v1/${place}/jobs/paused:pause`, {});
  const attempts = await clockFrom("2026-11-27T04:59:00Z").advance(2 * minute);
  expect(attempts.map(({ fault }) => fault)).toEqual([
    expect.stringContaining("somebody-else is no audience of"),
  ]);
  await ask("POST", `/run/v2/${service}:setIamPolicy`, { policy: { bindings: [] } });
  await schedule("uninvited", { schedule: "0 6 * * *", httpTarget: toWorker("/", "the-worker") });
  const [uninvited] = await clockFrom("2026-11-27T05:59:00Z").advance(2 * minute);
  expect(uninvited?.fault).toContain("its invoker grant is missing");
  expect(asked).toEqual([]);
});

test("Google's own APIs are asked as the declared account, and refuse one without the grant", async () => {
  await schedule("topic", {
    schedule: "0 5 * * *",
    httpTarget: {
      uri: `https://pubsub.googleapis.com/v1/${project}/topics/ticks`,
      httpMethod: "GET",
      oauthToken: { serviceAccountEmail: account },
    },
  });
  await ask("PUT", `/pubsub/v1/${project}/topics/ticks`, {});
  const [refused] = await clockFrom("2026-11-27T04:59:00Z").advance(2 * minute);
  expect(refused?.fault).toMatch(/answered 403: .*pubsub\.topics\.get/s);
  const policy = { bindings: [{ role: "roles/pubsub.admin", members: [`serviceAccount:${account}`] }] };
  await ask("POST", `/pubsub/v1/${project}/topics/ticks:setIamPolicy`, { policy });
  const [passed] = await clockFrom("2026-11-27T04:59:00Z").advance(2 * minute);
  expect(passed).toMatchObject({ fault: undefined, reply: { name: `${project}/topics/ticks` } });
});

test("a job that somebody has run is run at once, paused or not, and its schedule stays", async () => {
  // The invoker was taken away before.
  const policy = { bindings: [{ role: "roles/run.invoker", members: [`serviceAccount:${account}`] }] };
  await ask("POST", `/run/v2/${service}:setIamPolicy`, { policy });
  await schedule("by-hand", { schedule: "0 5 * * *", httpTarget: toWorker("/by-hand", "the-worker") });
  const clock = clockFrom("2026-11-27T04:00:00Z");
  await ask("POST", `/cloudscheduler/v1/${place}/jobs/by-hand:run`, {});
  await expect.poll(() => asked.map(({ path }) => path)).toContain("/by-hand");
  expect(await clock.advance(30 * minute)).toEqual([]);
  expect(await clock.advance(31 * minute)).toHaveLength(1);
});

test("every schedule's time comes, also that of one which is not due when the rarest is", async () => {
  const httpTarget = toWorker("/", "the-worker");
  await schedule("nightly", { schedule: "30 2 * * *", httpTarget });
  await schedule("hourly", { schedule: "17 * * * *", httpTarget });
  await schedule("often", { schedule: "*/10 * * * *", httpTarget });
  const jobs = standIn.world.state.all({ collection: "cloudscheduler.projects.locations.jobs" });
  const ran: string[] = [];
  await passEverySchedule(clockFrom("2026-11-27T01:15:00Z"), jobs, async (attempts) => {
    ran.push(...attempts.map(({ job, at }) => `${job.split("/").at(-1)} ${at.toISOString().slice(11, 16)}`));
  });
  expect(ran.toSorted()).toEqual(
    ["nightly 02:30", "often 02:30", "often 02:40", "hourly 03:17", "often 03:20"].toSorted(),
  );
});

test("a schedule that never comes, and a time that passes without its job, are said by their names", async () => {
  const httpTarget = toWorker("/", "the-worker");
  await schedule("nightly", { schedule: "30 2 * * *", httpTarget });
  const jobs = standIn.world.state.all({ collection: "cloudscheduler.projects.locations.jobs" });
  const ended = clockFrom("2026-11-27T01:15:00Z");
  ended.close();
  await expect(passEverySchedule(ended, jobs, nothing)).rejects.toThrow(
    /passed from 2026-11-27T02:30:00.000Z on, and \S+\/nightly did not run$/,
  );
  await ask("POST", `/cloudscheduler/v1/${place}/jobs/nightly:pause`, {});
  const paused = standIn.world.state.all({ collection: "cloudscheduler.projects.locations.jobs" });
  await expect(passEverySchedule(clockFrom("2026-11-27T01:15:00Z"), paused, nothing)).rejects.toThrow(
    /these schedules never come: \S+\/nightly$/,
  );
});
