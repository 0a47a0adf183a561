import { parseArgs } from "node:util";
import { CannotBegin } from "./cannot-begin.ts";
import { type Mutation, mutations } from "./mutations.ts";

export interface RehearsalOptions {
  /** Which stack is rehearsed. @default "dev" */
  readonly environment: string;
  /** Whether the folder with state and copies is left behind. @default false */
  readonly isKept: boolean;
  /** Whether Terraform applies the stacks; else what they declare is made by asking the APIs. @default true */
  readonly hasTerraform: boolean;
  /** The mistake that is made on purpose. @default none */
  readonly mutation?: Mutation;
}

const options = {
  keep: { type: "boolean" },
  "without-terraform": { type: "boolean" },
  mutation: { type: "string" },
} as const;

export const usage = "npm run rehearse -- [ENVIRONMENT] [--without-terraform] [--keep] [--mutation NAME]";

/** @throws CannotBegin where a word is none that the rehearsal knows */
export function readCommandLine(words: readonly string[]): RehearsalOptions {
  const { tokens } = parseArgs({ args: [...words], options, strict: false, tokens: true });
  let environment: string | undefined;
  const said = new Set<string>();
  let mutation: Mutation | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (environment !== undefined) {
        throw new CannotBegin(`one environment is rehearsed at a time, not also '${token.value}': ${usage}`);
      }
      environment = token.value;
    } else if (token.kind === "option" && isSwitch(token.rawName) && token.value === undefined) {
      said.add(token.name);
    } else if (token.kind === "option" && token.name === "mutation") {
      mutation = findMutation(token.value ?? "");
    } else if (token.kind === "option") {
      const word = token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`;
      throw new CannotBegin(`'${word}' is no option of the rehearsal: ${usage}`);
    }
  }
  return {
    environment: environment ?? "dev",
    isKept: said.has("keep"),
    hasTerraform: !said.has("without-terraform"),
    ...(mutation === undefined ? {} : { mutation }),
  };
}

function isSwitch(word: string): boolean {
  return word === "--keep" || word === "--without-terraform";
}

function findMutation(name: string): Mutation {
  const found = Object.hasOwn(mutations, name) ? mutations[name] : undefined;
  if (found !== undefined) return found;
  throw new CannotBegin(`there is no mutation '${name}': choose one of ${Object.keys(mutations).join(", ")}`);
}
