import { walkPersonsPath, uploadOne } from "./persons-path.ts";
import { person, type Stage } from "./stage.ts";
import { errorsIn, type PlannedChange } from "./terraform.ts";

/** One thing that a rehearsal does; it returns what was seen, and throws where something is wrong. */
export interface Step {
  readonly title: string;
  readonly run: (stage: Stage) => Promise<string>;
}

function shown(changes: readonly PlannedChange[]): string {
  return changes.map(({ action, address }) => `${action} ${address}`).join("\n");
}

const bootstrap: Step = {
  title: "The owner applies the bootstrap",
  run: async (stage) => {
    const terraform = stage.bootstrap();
    await terraform.init();
    const { code, output } = await terraform.apply();
    if (code !== 0) throw new Error(errorsIn(output));
    return /Apply complete! .*/.exec(output)?.[0] ?? "";
  },
};

const deploy: Step = {
  title: "The deployer deploys everything, image and page included",
  run: async (stage) => {
    const output = await stage.deployAgain();
    return /Apply complete! .*/.exec(output)?.[0] ?? "";
  },
};

const secondPlan: Step = {
  title: "A second plan is empty",
  run: async (stage) => {
    const changes = [...(await stage.plan()), ...(await stage.bootstrap().plan())];
    if (changes.length > 0) throw new Error(`nothing changed, and yet the plan would\n${shown(changes)}`);
    return "environment and bootstrap: no changes";
  },
};

const personsPath: Step = { title: "A person signs in, uploads, looks and deletes", run: walkPersonsPath };

const closedDoors: Step = {
  title: "Nobody comes in by another way",
  run: (stage) => {
    const services = stage.platform.world.state.all({ collection: "run.projects.locations.services" });
    const open = services.filter(({ body }) => body["ingress"] === "INGRESS_TRAFFIC_ALL");
    if (open.length > 0) {
      throw new Error(
        `the internet reaches ${open.map(({ name }) => name).join(", ")} past the load balancer: ingress is 'all'`,
      );
    }
    for (const { name } of services) {
      for (const { role, members } of stage.platform.world.policies.bindings(`run/${name}`)) {
        const anyone = members.find((member) => member === "allUsers" || member === "allAuthenticatedUsers");
        if (anyone !== undefined) throw new Error(`${name} gives ${role} to ${anyone}`);
      }
    }
    return Promise.resolve(`${services.length} services, none open to the internet or to everyone`);
  },
};

const contention: Step = {
  title: "Two deploys at once contend for the state's lock",
  run: async (stage) => {
    const [one, other] = [stage.deploy(), stage.deploy()];
    const outcomes = await Promise.all([
      one.run("plan", "-input=false", "-lock-timeout=0s"),
      other.run("plan", "-input=false", "-lock-timeout=0s"),
    ]);
    const locked = outcomes.filter(
      ({ code, output }) => code !== 0 && output.includes("Error acquiring the state lock"),
    );
    if (locked.length !== 1) {
      throw new Error(
        `exactly one of two should be refused the lock, ${locked.length} were: ${outcomes.map(({ code }) => code).join(", ")}`,
      );
    }
    return "one went through, the other was refused the lock";
  },
};

/** Asks the page's API again and again, until told to stop. */
async function keepAsking(
  stage: Stage,
  stop: AbortSignal,
): Promise<{ readonly asked: number; readonly failed: string[] }> {
  const visitor = stage.visitor();
  await visitor.signIn(person);
  const failed: string[] = [];
  let asked = 0;
  while (!stop.aborted) {
    const reply = await visitor
      .ask("GET", "/v1/users/me")
      .catch((error: Error) => ({ status: 0, body: Buffer.from(error.message) }));
    asked += 1;
    if (reply.status !== 200) failed.push(`${reply.status}: ${reply.body.toString("utf8").slice(0, 200)}`);
  }
  return { asked, failed };
}

const mayChange = /image|page|static|asset|serv(e|ing)|maintenance_job|worker|web-/i;

const changedFile: Step = {
  title: "One file of the app changes: only image, page and what runs them",
  run: async (stage) => {
    stage.copy.edit(
      "app/http/health.ts",
      (text) => `${text}\n/** Changed by the rehearsal. */\nexport const rehearsed = true;\n`,
    );
    stage.copy.commit("Change one file of the app");
    const changes = await stage.plan();
    const others = changes.filter(({ address }) => !mayChange.test(address));
    if (changes.length === 0) throw new Error("the app changed, and the plan is empty");
    if (others.length > 0)
      throw new Error(`the plan touches what has nothing to do with the app:\n${shown(others)}`);
    const stop = new AbortController();
    const asking = keepAsking(stage, stop.signal);
    await stage.deployAgain();
    stop.abort();
    const { asked, failed } = await asking;
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${asked} requests failed meanwhile: ${failed[0]}`);
    return `${shown(changes)}\n${asked} requests meanwhile, none failed`;
  },
};

async function expectRed(stage: Stage, what: string): Promise<string> {
  try {
    await stage.deployAgain();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`${what} was called a success`);
}

const brokenVersion: Step = {
  title: "A broken version: the old one serves on, and the deploy stays red",
  run: async (stage) => {
    stage.copy.edit("app/web.ts", (text) => `throw new Error("broken by the rehearsal");\n${text}`);
    stage.copy.commit("Break the app");
    const first = await expectRed(stage, "a version that cannot start");
    await walkPersonsPath(stage);
    const second = await expectRed(stage, "the same broken version, deployed again,");
    await walkPersonsPath(stage);
    return `first: ${summary(first)}\nagain: ${summary(second)}\nmeanwhile the old version served`;
  },
};

function summary(text: string): string {
  return text.split("\n").find((line) => line.startsWith("Error")) ?? text.slice(0, 200);
}

const wayBack: Step = {
  title: "Back to the first commit",
  run: async (stage) => {
    stage.copy.checkOut(stage.firstCommit);
    const kept = await uploadOne(stage, "before-going-back.jpg");
    await stage.deployAgain();
    const changes = await stage.plan();
    if (changes.length > 0) throw new Error(`after going back the plan would\n${shown(changes)}`);
    await walkPersonsPath(stage);
    return `deployed, plans nothing, and the photo ${kept} from before is still there`;
  },
};

/** What a rehearsal with Terraform does, in order. */
export const steps: readonly Step[] = [
  bootstrap,
  deploy,
  secondPlan,
  personsPath,
  closedDoors,
  contention,
  changedFile,
  brokenVersion,
  wayBack,
];
