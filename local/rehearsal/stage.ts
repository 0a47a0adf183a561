import { join } from "node:path";
import type { Project } from "../google-apis/engine/projects.ts";
import type { Platform } from "./platform.ts";
import { errorsIn, type PlannedChange, Terraform } from "./terraform.ts";
import { Visitor } from "./visitor.ts";
import type { WorkingCopy } from "./working-copy.ts";

/** Whoever made the project: applies the bootstrap once. */
export const owner = "user:owner@example.com";
/** Whose photos are looked at. */
export const person = "anna@example.com";

/** What the synthesised stacks say about themselves. */
export interface Facts {
  readonly environment: string;
  readonly project: Project;
  readonly domain: string;
}

/** Everything that the steps of one rehearsal share. */
export class Stage {
  readonly facts: Facts;
  readonly platform: Platform;
  readonly copy: WorkingCopy;
  readonly outdir: string;
  /** The commit that the rehearsal began with. */
  readonly firstCommit: string;

  constructor(facts: Facts, platform: Platform, copy: WorkingCopy, outdir: string, firstCommit: string) {
    this.facts = facts;
    this.platform = platform;
    this.copy = copy;
    this.outdir = outdir;
    this.firstCommit = firstCommit;
  }

  /** The bootstrap as its owner applies it. */
  bootstrap(): Terraform {
    return this.#terraform(`bootstrap-${this.facts.environment}`, owner);
  }

  /** The environment as its deployer applies it, with no more than the bootstrap granted. */
  deploy(): Terraform {
    const { projectId } = this.facts.project;
    const deployer = `serviceAccount:imgstream-deployer@${projectId}.iam.gserviceaccount.com`;
    return this.#terraform(this.facts.environment, deployer);
  }

  /** Synthesises the working copy and deploys it. @throws Error with what Terraform and the containers said */
  async deployAgain(): Promise<string> {
    this.copy.synthesise(this.outdir);
    const terraform = this.deploy();
    await terraform.init();
    const { code, output } = await terraform.apply();
    if (code === 0) return output;
    throw new Error(errorsIn(output));
  }

  async plan(): Promise<PlannedChange[]> {
    this.copy.synthesise(this.outdir);
    const terraform = this.deploy();
    await terraform.init();
    return terraform.plan();
  }

  /** The resource types that both states hold. */
  async typesInState(): Promise<string[]> {
    const lists = await Promise.all(
      [this.deploy(), this.bootstrap()].map((terraform) => terraform.succeed("state", "list")),
    );
    const types = lists.flatMap((list) => list.match(/^google_\w+/gm) ?? []);
    return [...new Set(types)].toSorted((one, next) => one.localeCompare(next, "en"));
  }

  /** Somebody new in front of the edge. */
  visitor(): Visitor {
    const { platform, facts } = this;
    return new Visitor({
      host: facts.domain,
      port: platform.httpsPort,
      trusted: platform.authority.certificate,
    });
  }

  #terraform(stack: string, member: string): Terraform {
    return new Terraform(join(this.outdir, "stacks", stack), this.platform.variablesFor(member));
  }
}
