import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { apiShape } from "../../../local/google-apis/discovery/shape.ts";
import { RouteTable } from "../../../local/google-apis/engine/route-table.ts";
import { apiModules } from "../../../local/google-apis/stand-in.ts";
import { declaredTypes, stacksIn } from "../../../local/rehearsal/declaration.ts";
import { platformTypes } from "../../../local/rehearsal/platform-types.ts";
import { readRecordedRuns, replay } from "../google-apis/recorded-run.ts";

const root = join(import.meta.dirname, "../../..");
const listed = Object.keys(platformTypes);
const shapes = apiModules.map(({ shape }) => apiShape(shape));
const routes = new RouteTable(shapes);

test("the stacks declare the types that are listed by hand, and no other", () => {
  const outdir = mkdtempSync(join(tmpdir(), "types-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  execFileSync(process.execPath, ["stacks/main.ts"], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  expect(declaredTypes(outdir, stacksIn(outdir))).toEqual(listed);
  expect(declaredTypes(outdir, ["production", "bootstrap-production"])).toEqual(listed);
});

test("each is in the fixture that applies every type", () => {
  const fixture = readFileSync(join(root, "tests/local/google-apis/fixtures/every-type.tf"), "utf8");
  expect(listed.filter((type) => !fixture.includes(`resource "${type}"`))).toEqual([]);
});

test("the stand-in makes each of them, as the provider asks it to for production", async () => {
  const run = readRecordedRuns().find(({ name }) => name === "production");
  if (run === undefined) throw new Error("there is no recorded run of production");
  const { standIn, faults } = await replay(run);
  onTestFinished(() => standIn.close());
  const done = new Set(
    standIn.world.log.changes().flatMap(({ verb, path, status }) => {
      const route = status < 300 ? routes.find(verb, path.replace(/\?.*$/, "")) : undefined;
      return route === undefined ? [] : [route.methodId];
    }),
  );
  expect(faults).toEqual([]);
  expect(listed.filter((type) => !done.has(platformTypes[type] ?? ""))).toEqual([]);
});

test("and serves what reads each of them back and takes it away", () => {
  const methods = new Set(shapes.flatMap(({ methods: known }) => Object.keys(known)));
  const lacking = listed.filter((type) => {
    const made = platformTypes[type] ?? "";
    const collection = made.slice(0, made.lastIndexOf("."));
    const ways = [
      ["get", "delete"],
      ["getIamPolicy", "setIamPolicy"],
      ["get", "disable"],
      ["getIapSettings", "updateIapSettings"],
      ["get", "patch"],
    ];
    return !ways.some((way) => way.every((method) => methods.has(`${collection}.${method}`)));
  });
  expect(lacking).toEqual([]);
});
