import { formatChanges } from "../terraform.ts";
import { person, type Stage } from "../stage.ts";
import type { Step } from "./step.ts";

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

export const changedFile: Step = {
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
      throw new Error(`the plan touches what has nothing to do with the app:\n${formatChanges(others)}`);
    const stop = new AbortController();
    const asking = keepAsking(stage, stop.signal);
    await stage.deployAgain();
    stop.abort();
    const { asked, failed } = await asking;
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${asked} requests failed meanwhile: ${failed[0]}`);
    return `${formatChanges(changes)}\n${asked} requests meanwhile, none failed`;
  },
};
