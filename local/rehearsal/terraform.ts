import { spawn } from "node:child_process";
import { join } from "node:path";
import { isObject, type Json, textAt } from "../google-apis/engine/json.ts";

export interface Outcome {
  readonly code: number;
  /** Everything that it printed. */
  readonly output: string;
}

/** One change of a plan. */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
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
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.stderr.on("data", (part: Buffer) => parts.push(part));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({ code: code ?? 1, output: Buffer.concat(parts).toString("utf8") }),
      );
    });
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

  apply(): Promise<Outcome> {
    return this.run("apply", "-auto-approve", "-input=false", "-parallelism=30");
  }

  /** What an apply would change; nothing where all is as declared. */
  async plan(): Promise<PlannedChange[]> {
    const output = await this.succeed("plan", "-input=false", "-json");
    return output.split("\n").flatMap((line) => {
      const event: Json = line.startsWith("{") ? JSON.parse(line) : {};
      if (!isObject(event) || event["type"] !== "planned_change") return [];
      return [{ address: textAt(event, "change.resource.addr"), action: textAt(event, "change.action") }];
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
  return changes.map(({ action, address }) => `${action} ${address}`).join("\n");
}
