import { isObject, type JsonObject, objectAt } from "../../google-apis/engine/json.ts";
import { whileCompanyWorks } from "../company/company.ts";
import { readDeclaration } from "../declaration.ts";
import { formatChanges, type PlannedChange } from "../terraform.ts";
import type { Step } from "./step.ts";

/** What runs the image names it, and its version in a label and a variable: nothing else may become another. */
const ofWhatRuns =
  /^template\.0\.(template\.0\.)?(containers\.\w+\.(image|env\.IMGSTREAM_VERSION\.value)|labels\.version)$/;

interface Expected {
  readonly action: string;
  readonly mayChange: RegExp;
}

/** What a change of one file of the page has to touch, by address: all of it, and nothing else. */
export function expectedChanges(declared: JsonObject): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const [type, byId] of Object.entries(objectAt(declared, "resource"))) {
    for (const id of Object.keys(isObject(byId) ? byId : {})) {
      const address = `${type}.${id}`;
      if (/^google_cloud_run_v2_(service|job)$/.test(type)) {
        expected.set(address, { action: "update", mayChange: ofWhatRuns });
      } else if (type === "terraform_data" && /image_push|assets_upload|serving-check/.test(id)) {
        expected.set(address, { action: "replace", mayChange: /^triggers_replace\.\d+$/ });
      }
    }
  }
  return expected;
}

/** What is wrong with a plan, line by line. */
export function planFaults(
  changes: readonly PlannedChange[],
  expected: ReadonlyMap<string, Expected>,
): string[] {
  const untouched = [...expected.keys()].filter((address) => changes.every((one) => one.address !== address));
  return [
    ...untouched.map((address) => `${address} should change and does not`),
    ...changes.flatMap((change) => {
      const { address, action } = change;
      const known = expected.get(address);
      if (known === undefined) return [`${action} ${address}: has nothing to do with the file that changed`];
      if (known.action !== action) return [`${action} ${address}: should be ${known.action}`];
      const others = change.arguments.filter((path) => !known.mayChange.test(path));
      return others.map((path) => `${address}: ${path} has nothing to do with the file that changed`);
    }),
  ];
}

export const changedFile: Step = {
  title: "One file of the page changes: image, page and what runs them",
  run: async (stage) => {
    stage.copy.edit("app/web/styles/page.css", (text) => `${text}\n.rehearsed { color: inherit; }\n`);
    stage.copy.commit("Change one file of the page");
    await stage.synthesise();
    const changes = await stage.plan();
    const faults = planFaults(
      changes,
      expectedChanges(readDeclaration(stage.outdir, stage.facts.environment)),
    );
    if (faults.length > 0)
      throw new Error(`the plan is not what one changed file needs:\n${faults.join("\n")}`);
    const meanwhile = await whileCompanyWorks(stage, () => stage.deployPlanned());
    return `${formatChanges(changes)}\nnothing else; ${meanwhile}`;
  },
};
