import { environments } from "../../environments/index.ts";
import type { Environment } from "../../environments/index.ts";

export const verbs = ["synth", "diff", "deploy", "destroy"] as const;

export type Verb = (typeof verbs)[number];

/** What somebody asked for: `npm run deploy -- dev`. */
export interface CommandRequest {
  readonly verb: Verb;
  /** Names of stacks; none means all, which only `synth` takes. */
  readonly stacks: readonly string[];
  /** Passed on to cdktf as they are: everything from the first word that begins with a hyphen. */
  readonly options: readonly string[];
}

/** The stacks that `main.ts` makes, environments first. */
export const stackNames: readonly string[] = [
  ...Object.keys(environments),
  ...Object.keys(environments).map((name) => `bootstrap-${name}`),
];

/** The environment whose stack this is, its bootstrap stack included. */
export function environmentOf(stack: string): Environment | undefined {
  return Object.values(environments).find(({ name }) => stack === name || stack === `bootstrap-${name}`);
}

export function isBootstrap(stack: string): boolean {
  return stack.startsWith("bootstrap-");
}

/** @throws Error with what was given, what is allowed and what to write. */
export function parseRequest([verb, ...rest]: readonly string[]): CommandRequest {
  const known = verbs.find((name) => name === verb);
  if (known === undefined) {
    throw new Error(`Unknown command '${verb ?? ""}': use one of ${verbs.join(", ")}`);
  }
  const firstOption = rest.findIndex((word) => word.startsWith("-"));
  const stacks = firstOption === -1 ? rest : rest.slice(0, firstOption);
  const options = firstOption === -1 ? [] : rest.slice(firstOption);
  const unknown = stacks.find((name) => !stackNames.includes(name));
  if (unknown !== undefined) {
    throw new Error(`Unknown environment '${unknown}': use one of ${stackNames.join(", ")}`);
  }
  if (known !== "synth" && stacks.length === 0) {
    throw new Error(
      `Which environment? Write npm run ${known} -- NAME, with one of ${stackNames.join(", ")}`,
    );
  }
  return { verb: known, stacks, options };
}
