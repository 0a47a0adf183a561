import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readDeclaration, rewriteDeclarations } from "../../../local/rehearsal/declaration.ts";
import { withoutResources } from "../../../local/rehearsal/mutations.ts";

function synthesised(): string {
  const outdir = mkdtempSync(join(tmpdir(), "declaration-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  for (const stack of ["dev", "bootstrap-dev"]) {
    mkdirSync(join(outdir, "stacks", stack), { recursive: true });
    writeFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), JSON.stringify({ output: { stack } }));
  }
  return outdir;
}

test("an unknown environment is refused with those that there are", () => {
  expect(() => readDeclaration(synthesised(), "live")).toThrow(
    "there is no environment 'live': rehearse one of dev",
  );
});

test("what is rewritten is what is read afterwards, each stack for itself", () => {
  const outdir = synthesised();
  rewriteDeclarations(outdir, ["dev"], (declared, stack) => ({ ...declared, locals: { stack } }));
  expect(readDeclaration(outdir, "dev")).toEqual({ output: { stack: "dev" }, locals: { stack: "dev" } });
  expect(readDeclaration(outdir, "bootstrap-dev")).toEqual({ output: { stack: "bootstrap-dev" } });
});

test("a removed resource leaves nobody who waits for it", () => {
  const declared = {
    resource: {
      google_member: { one: { role: "a" }, two: { role: "b" } },
      google_rule: { https: { depends_on: ["google_member.one", "google_member.two"] } },
    },
  };
  expect(withoutResources(declared, "google_member", /^one$/)).toEqual({
    resource: {
      google_member: { two: { role: "b" } },
      google_rule: { https: { depends_on: ["google_member.two"] } },
    },
  });
});
