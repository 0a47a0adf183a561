import { join } from "node:path";
import { objectAt } from "../google-apis/engine/json.ts";
import { readDeclaration, type Rewrite, rewriteDeclarations } from "./declaration.ts";
import type { Facts } from "./facts.ts";
import type { Platform } from "./platform.ts";
import type { Outcome } from "./child-outcome.ts";
import { errorsIn, type PlannedChange, Terraform } from "./terraform.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";
import type { Page } from "playwright-core";
import type { WorkingCopy } from "./working-copy.ts";

/** Whoever made the project: applies the bootstrap once. */
export const owner = "user:owner@example.com";
/** Whose photos are looked at. */
export const person = "anna@example.com";
/** Somebody else who may sign in. */
export const colleague = "ben@example.com";

/** Those who go on working while something is deployed. */
export const staff = ["carla", "david", "emil", "fatma", "gustav", "hana"].map(
  (name) => `${name}@example.com`,
);

/** Whoever the example's group is meant for. */
export function groupsOf(email: string): readonly string[] {
  return [person, colleague, ...staff].includes(email) ? ["group:photos@example.com"] : [];
}

export interface StageParts {
  readonly facts: Facts;
  readonly platform: Platform;
  readonly copy: WorkingCopy;
  /** Where the working copy's stacks are synthesised. */
  readonly outdir: string;
  /** The commit that the rehearsal began with. */
  readonly firstCommit: string;
  /** Changes each declaration after it is synthesised and before it is applied. @default nothing is changed */
  readonly rewrite?: Rewrite;
}

/** Everything that the steps of one rehearsal share. */
export class Stage {
  readonly facts: Facts;
  readonly platform: Platform;
  readonly copy: WorkingCopy;
  readonly outdir: string;
  readonly firstCommit: string;
  /** Resource types that both stacks held before they were left. */
  types: readonly string[] = [];
  /** What stays after everything is destroyed. */
  left: readonly string[] = [];
  /** What the person saw, for the report. */
  readonly looks: { readonly title: string; readonly jpeg: Buffer }[] = [];
  readonly #rewrite: Rewrite | undefined;
  /** By stack, what backend and provider its folder was initialised for. */
  readonly #initialised = new Map<string, string>();

  constructor({ facts, platform, copy, outdir, firstCommit, rewrite }: StageParts) {
    this.facts = facts;
    this.platform = platform;
    this.copy = copy;
    this.outdir = outdir;
    this.firstCommit = firstCommit;
    this.#rewrite = rewrite;
  }

  /** Synthesises the working copy, and rewrites what was asked to be. */
  async synthesise(): Promise<void> {
    await this.copy.synthesise(this.outdir);
    if (this.#rewrite !== undefined) this.rewriteWith(this.#rewrite);
  }

  /** Changes what is synthesised already. @throws Error where nothing is changed */
  rewriteWith(rewrite: Rewrite): void {
    const { environment } = this.facts;
    rewriteDeclarations(this.outdir, [environment, `bootstrap-${environment}`], rewrite);
  }

  /** The account that deploys, with no more than the bootstrap granted. */
  get deployer(): string {
    const { projectId } = this.facts.project;
    return `serviceAccount:imgstream-deployer@${projectId}.iam.gserviceaccount.com`;
  }

  /** Where a stack was synthesised. */
  folderOf(stack: string): string {
    return join(this.outdir, "stacks", stack);
  }

  /** The bootstrap as its owner applies it, initialised. */
  bootstrap(): Promise<Terraform> {
    return this.#terraform(`bootstrap-${this.facts.environment}`, owner);
  }

  /** The environment as its deployer applies it, with no more than the bootstrap granted, initialised. */
  deploy(): Promise<Terraform> {
    return this.#terraform(this.facts.environment, this.deployer);
  }

  /** Synthesises the working copy and deploys it. Resolves to Terraform's count. @throws Error with what Terraform and the containers said */
  async deployAgain(): Promise<string> {
    await this.synthesise();
    return this.deploySynthesised();
  }

  /** Deploys what was synthesised last. @throws Error with what Terraform and the containers said */
  async deploySynthesised(): Promise<string> {
    return countIn(await (await this.deploy()).apply());
  }

  /** Deploys the very plan that was made last. @throws Error with what Terraform and the containers said */
  async deployPlanned(): Promise<string> {
    return countIn(await (await this.deploy()).applyPlanned());
  }

  /** What deploying what was synthesised last would change. */
  async plan(): Promise<PlannedChange[]> {
    return (await this.deploy()).plan();
  }

  /** The resource types that both states hold. */
  async typesInState(): Promise<string[]> {
    const lists = await Promise.all(
      [this.deploy(), this.bootstrap()].map(async (terraform) => (await terraform).succeed("state", "list")),
    );
    const types = lists.flatMap((list) => list.match(/^google_\w+/gm) ?? []);
    return [...new Set(types)].toSorted((one, next) => one.localeCompare(next, "en"));
  }

  /** Keeps what a page looks like now. */
  async look(page: Page, title: string): Promise<void> {
    this.looks.push({ title, jpeg: await page.screenshot({ type: "jpeg", quality: 70 }) });
  }

  /**
   * Somebody new in front of the edge.
   *
   * @param from the loopback address of somebody elsewhere. @default 127.0.0.1
   */
  visitor(from?: string): Visitor {
    return new Visitor({ ...this.atEdge, ...(from === undefined ? {} : { from }) });
  }

  /** The way to the edge. */
  get atEdge(): VisitorOptions {
    const { platform, facts } = this;
    return {
      host: facts.domain,
      port: platform.httpsPort,
      googlePort: platform.googlePort,
      trusted: platform.authority.certificate,
    };
  }

  /** Initialises a folder once, and again when its backend or provider became another. */
  async #terraform(stack: string, member: string): Promise<Terraform> {
    const terraform = new Terraform(this.folderOf(stack), this.platform.variablesFor(member));
    const wanted = JSON.stringify(objectAt(readDeclaration(this.outdir, stack), "terraform"));
    if (this.#initialised.get(stack) === wanted) return terraform;
    await terraform.init();
    this.#initialised.set(stack, wanted);
    return terraform;
  }
}

/** Terraform's count of what an apply changed. @throws Error with Terraform's own words */
function countIn({ code, output }: Outcome): string {
  if (code !== 0) throw new Error(errorsIn(output));
  return /Apply complete! .*/.exec(output)?.[0] ?? "";
}
