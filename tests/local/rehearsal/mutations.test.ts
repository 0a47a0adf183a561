import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Facts, readFacts } from "../../../local/rehearsal/facts.ts";
import { type Mutation, mutations } from "../../../local/rehearsal/mutations.ts";
import { openPlatform } from "../../../local/rehearsal/platform.ts";
import { type Registry, startRegistry } from "../../../local/rehearsal/registry.ts";
import { forContainers } from "../../../local/rehearsal/requirements.ts";
import { owner, person, Stage } from "../../../local/rehearsal/stage.ts";
import { closedDoors } from "../../../local/rehearsal/steps/closed-doors.ts";
import { declaredBootstrap, declaredDeploy } from "../../../local/rehearsal/steps/declared.ts";
import { firewall, personsPath, schedules } from "../../../local/rehearsal/steps/persons-path.ts";
import { WorkingCopy } from "../../../local/rehearsal/working-copy.ts";

const missing = forContainers.filter(({ isMet }) => !isMet()).map(({ remedy }) => remedy);
const isSkipped = missing.length > 0 && process.env["CI"] !== "true";
const why = isSkipped ? ` (skipped: ${missing.join("; ")})` : "";
const steps = [declaredBootstrap, declaredDeploy, personsPath, schedules, closedDoors, firewall];

/** Three at once: two of the mistakes are found by a probe that fails for half a minute. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

describe.skipIf(isSkipped)(`a mistake in the stack turns the rehearsal red${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "mistakes-"));
  const synthesised = join(folder, "out");
  let copy: WorkingCopy;
  let registry: Registry;
  let facts: Facts;
  const inTurn = turns(3);

  beforeAll(async () => {
    copy = new WorkingCopy(join(folder, "copy"));
    await copy.synthesise(synthesised);
    facts = readFacts(synthesised, "dev");
    registry = await startRegistry(join(folder, "registry"));
  });

  afterAll(async () => {
    await registry.close();
    rmSync(folder, { recursive: true });
  });

  /** Rehearses without Terraform. Resolves to what the first step that failed said; "" where none did. */
  async function said(name: string, mutation: Mutation | undefined): Promise<string> {
    const platform = await openPlatform({
      project: facts.project,
      owner,
      folder: join(folder, name),
      groupsOf: (email) => (email === person ? ["group:photos@example.com"] : []),
      shared: { registry, imagesFolder: join(folder, "images") },
    });
    try {
      const outdir = join(folder, `${name}-out`);
      cpSync(synthesised, outdir, { recursive: true });
      const stage = new Stage({ facts, platform, copy, outdir, firstCommit: "" });
      if (mutation !== undefined) stage.rewriteWith(mutation.rewrite);
      for (const step of steps) await step.run(stage, new AbortController().signal);
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await platform.close();
    }
  }

  // The first one pushes the image, and the others find it.
  test("and without one it passes", async () => {
    expect(await said("right", undefined)).toBe("");
  }, 180_000);

  test.concurrent.each(
    Object.entries(mutations).map(([name, mutation]) => ({ name, mutation, ...mutation })),
  )(
    "$name: $mistake",
    async ({ name, mutation, cause }) => {
      expect(await inTurn(() => said(name, mutation))).toMatch(cause);
    },
    240_000,
  );
});
