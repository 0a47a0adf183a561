import { spawn } from "node:child_process";
import { createServer, request as openRequest } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { listenOnFreePort } from "../free-port.ts";
import { readJsonText, textAt } from "../google-apis/engine/json.ts";
import { behind } from "./behind.ts";
import { type Outcome, outcomeOf } from "./child-outcome.ts";
import { endWithThisProcess } from "./end-with-this-process.ts";
import { makeHeic } from "./picture.ts";
import { expectStatus, readJson } from "./reply-check.ts";
import { owner, colleague, type Stage } from "./stage.ts";
import type { Visitor } from "./visitor.ts";

const patienceMilliseconds = 60_000;

/** Pub/Sub as the command line reaches a stand-in: without credentials of its own. Who asks here is the owner. */
async function openDoor(stage: Stage): Promise<{ readonly endpoint: string; readonly close: () => void }> {
  const { world, apiOrigin } = stage.platform;
  const token = world.tokens.issue(owner);
  const server = createServer((inbound, reply) => {
    const headers = { ...inbound.headers, host: "pubsub.googleapis.com", authorization: `Bearer ${token}` };
    const outbound = openRequest(
      new URL(inbound.url ?? "/", apiOrigin),
      { method: inbound.method, headers },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(reply);
      },
    );
    outbound.on("error", () => reply.destroy());
    inbound.pipe(outbound);
  });
  const port = await listenOnFreePort(server);
  return { endpoint: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

function letters(stage: Stage, verb: "list" | "replay", endpoint: string): Promise<Outcome> {
  const words = ["--project", stage.facts.project.projectId, "--pubsub", endpoint, "--json"];
  const program = join(stage.copy.folder, "app/cli/main.ts");
  const child = spawn(process.execPath, [program, "letters", verb, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return outcomeOf(endWithThisProcess(child));
}

/** What the command wrote about letters, a line of JSON each. */
function subjectsIn({ output }: Outcome): string[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => textAt(readJsonText(line), "subject"));
}

/** Lets pushes fail until all tries are used up. @throws Error where no message became a letter */
async function untilDead(stage: Stage, subscription: string): Promise<void> {
  const { events, world } = stage.platform;
  const end = performance.now() + patienceMilliseconds;
  while (world.pullQueues.sizeOf(subscription) === 0 || events.waiting > 0) {
    if (performance.now() > end)
      throw new Error(`nothing that could not be delivered came to ${subscription}\n${behind(stage)}`);
    events.hurry();
    await pause(20);
  }
}

async function untilReady(stage: Stage, visitor: Visitor, id: string): Promise<void> {
  const end = performance.now() + patienceMilliseconds;
  for (;;) {
    const reply = await visitor.ask("GET", `/v1/photos/${id}`);
    expectStatus(stage, "asking for the photo whose event was lost", reply, 200);
    const state = textAt(readJson(reply), "state");
    if (state === "ready") return;
    if (performance.now() > end)
      throw new Error(`the photo is '${state}' a minute after its letter was replayed\n${behind(stage)}`);
    await pause(100);
  }
}

/**
 * Nobody answers pushes for a while: after its last try a message waits in the dead letter, `imgstream letters list`
 * names the photo, and `letters replay`, once somebody answers again, has its pictures made.
 */
export async function walkLetters(stage: Stage): Promise<string> {
  const { events, world } = stage.platform;
  const subscription = world.state
    .all({ collection: "pubsub.projects.subscriptions" })
    .find(({ name }) => name.endsWith("-dead"))?.name;
  if (subscription === undefined) throw new Error("no subscription keeps what could not be delivered");
  const visitor = stage.visitor();
  await visitor.signIn(colleague);
  const door = await openDoor(stage);
  try {
    events.isCutOff = true;
    const uploaded = await visitor.upload(await makeHeic(), "while-nobody-answers.heic");
    expectStatus(stage, "uploading a HEIC photo while nobody answers", uploaded, 202);
    const id = textAt(readJson(uploaded), "id");
    await untilDead(stage, subscription);
    const listed = await letters(stage, "list", door.endpoint);
    const subjects = subjectsIn(listed);
    if (listed.code !== 1 || !subjects.some((subject) => subject.includes(id)))
      throw new Error(
        `'letters list' ended with ${listed.code} and does not name the photo ${id}: ${listed.output}`,
      );
    events.isCutOff = false;
    const replayed = await letters(stage, "replay", door.endpoint);
    if (replayed.code !== 0)
      throw new Error(`'letters replay' ended with ${replayed.code}: ${replayed.output}\n${behind(stage)}`);
    await untilReady(stage, visitor, id);
    const left = await letters(stage, "list", door.endpoint);
    if (left.code !== 0 || subjectsIn(left).length > 0)
      throw new Error(`after 'letters replay' letters are left: ${left.output}`);
    return `${subjects.length} messages could not be delivered and were listed, the photo's among them; replayed, it has its pictures, and no letter is left`;
  } finally {
    events.isCutOff = false;
    door.close();
  }
}
