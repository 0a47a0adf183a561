import { type Outcome, outcomeOf } from "./child-outcome.ts";
import { endWithThisProcess } from "./end-with-this-process.ts";
import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
} from "../google-apis/engine/json.ts";

/** One change of a plan. */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
  /** The arguments that become other ones, such as `template.0.labels.version`; not what only the server knows. */
  readonly arguments: readonly string[];
}

const planFile = "rehearsal.tfplan";

/** The provider waits far more than it works: for operations, and three seconds for every policy that it changes. */
const atOnce = "-parallelism=100";

function partsOf(value: Json | undefined): JsonObject {
  if (Array.isArray(value)) return Object.fromEntries(value.entries());
  return isObject(value) ? value : {};
}

/** The paths below which two values differ; where the new one is unknown, the server decides. */
export function changedArguments(
  before: Json | undefined,
  after: Json | undefined,
  unknown: Json | undefined,
): string[] {
  if (unknown === true || JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return [];
  const [old, next, unclear] = [partsOf(before), partsOf(after), partsOf(unknown)];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  if (keys.length === 0) return [""];
  return keys.flatMap((key) => {
    // Of a variable of a container, the name says more than its place.
    const name = textAt(next[key], "name");
    const label = name !== "" && textAt(old[key], "name") === name ? name : key;
    return changedArguments(old[key], next[key], unclear[key]).map((path) =>
      path === "" ? label : `${label}.${path}`,
    );
  });
}

/** Terraform in one folder, with the variables that lead to the stand-ins. */
export class Terraform {
  readonly #folder: string;
  readonly #variables: Readonly<Record<string, string>>;

  constructor(folder: string, variables: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#variables = variables;
  }

  run(...words: string[]): Promise<Outcome> {
    const { TF_CLI_CONFIG_FILE: _unread, ...inherited } = process.env;
    const child = spawn("terraform", [...words, "-no-color"], {
      cwd: this.#folder,
      env: {
        ...inherited,
        CHECKPOINT_DISABLE: "1",
        TF_IN_AUTOMATION: "1",
        // The apply-time programs run with this very Node.
        PATH: `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}`,
        ...this.#variables,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithThisProcess(child);
    return outcomeOf(child);
  }

  /** @throws Error with Terraform's own words */
  async succeed(...words: string[]): Promise<string> {
    const { code, output } = await this.run(...words);
    if (code !== 0) throw new Error(errorsIn(output));
    return output;
  }

  init(): Promise<string> {
    return this.succeed("init", "-input=false", "-reconfigure");
  }

  apply(...words: string[]): Promise<Outcome> {
    return this.run("apply", "-auto-approve", "-input=false", atOnce, ...words);
  }

  /** Applies the plan that was made last, as it was looked at. */
  applyPlanned(): Promise<Outcome> {
    return this.run("apply", "-input=false", atOnce, planFile);
  }

  /** Right after an apply, which read everything: it is not read once more. */
  destroy(...words: string[]): Promise<Outcome> {
    return this.run("destroy", "-auto-approve", "-input=false", "-refresh=false", atOnce, ...words);
  }

  /** What an apply would change; nothing where all is as declared. */
  async plan(): Promise<PlannedChange[]> {
    const planned = ["plan", "-input=false", "-detailed-exitcode", atOnce, `-out=${planFile}`];
    const { code, output } = await this.run(...planned);
    // 0: nothing would change; 2: something would.
    if (code === 0) return [];
    if (code !== 2) throw new Error(errorsIn(output));
    const shown: Json = JSON.parse(await this.succeed("show", "-json", planFile));
    return objectsAt(shown, "resource_changes").flatMap((resource) => {
      const change = objectAt(resource, "change");
      const actions = textsAt(change, "actions");
      if (actions.every((action) => action === "no-op" || action === "read")) return [];
      return [
        {
          address: textAt(resource, "address"),
          action: actions.length === 2 ? "replace" : (actions[0] ?? ""),
          arguments: changedArguments(change["before"], change["after"], change["after_unknown"]),
        },
      ];
    });
  }
}

/** The errors of an output, without the plan around them. */
export function errorsIn(output: string): string {
  const start = output.indexOf("Error: ");
  return start === -1 ? output.slice(-2_000) : output.slice(start, start + 8_000).trim();
}

/** Changes as a person reads them, one a line. */
export function formatChanges(changes: readonly PlannedChange[]): string {
  return changes
    .map((change) => `${change.action} ${change.address}: ${change.arguments.join(", ")}`)
    .join("\n");
}
