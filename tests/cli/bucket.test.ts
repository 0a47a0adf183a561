import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../app/cli/run-command.ts";
import { CloudObjectStore } from "../../app/storage/cloud-object-store.ts";
import { StorageStandIn, startStorageStandIn } from "../../local/google-apis/storage/storage-stand-in.ts";
import { add, openCatalog, person, scratchFolder } from "../catalog/fixtures.ts";

let isAllowed = true;
const standIn = new StorageStandIn({ allows: () => isAllowed });
let server: Awaited<ReturnType<typeof startStorageStandIn>>;
beforeAll(async () => {
  server = await startStorageStandIn(standIn);
});
afterAll(() => server.close());

async function run(storageStandIn: string, ...words: string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const terminal = {
    write: (line: string) => void lines.push(line),
    complain: (line: string) => void complaints.push(line),
  };
  const code = await runCommand(["catalog", ...words], terminal, { storageStandIn });
  return { code, text: lines.join("\n"), complaint: complaints.join("\n") };
}

test("every command does in a bucket what it does in a folder", async () => {
  standIn.createBucket("records", { versioning: true });
  const records = new CloudObjectStore({ bucket: "records", apiEndpoint: server.origin });
  const catalog = await openCatalog(scratchFolder(), { records });
  for (const id of ["p1", "p2"]) await add(catalog, id);
  const ask = (verb: string, ...rest: string[]) =>
    run(server.origin, verb, "--records", "gs://records", ...rest);
  const one = ["--person", person];
  expect(await ask("inspect")).toMatchObject({ code: 0, text: expect.stringContaining("2 entries, head 2") });
  expect(await ask("snapshot")).toMatchObject({
    code: 0,
    text: expect.stringContaining("snapshot of entry 2"),
  });
  expect(await ask("rebuild")).toMatchObject({ code: 0, text: expect.stringContaining("2 photos") });
  expect(await ask("history", ...one)).toMatchObject({
    code: 0,
    text: expect.stringContaining("added photo p2"),
  });
  expect(await ask("export", ...one)).toMatchObject({ code: 0, text: expect.stringContaining("photo p1") });
  // What a rebuild replaced is no lost end.
  expect(await ask("verify")).toMatchObject({ code: 0, text: expect.stringContaining("none damaged") });
  await records.delete(`catalog/${person}/log/000000000002.json`);
  const verified = await ask("verify");
  expect(verified.code).toBe(1);
  expect(verified.text).toContain("entry 2 is missing at the end of the log");
});

test("a bucket that is not there, or not to be read, is told as that", async () => {
  expect(await run(server.origin, "verify", "--records", "gs://nowhere")).toMatchObject({
    code: 3,
    complaint: "Not finished: there is no gs://nowhere: is that its name?",
  });
  isAllowed = false;
  const forbidden = await run(server.origin, "verify", "--records=gs://records");
  isAllowed = true;
  expect(forbidden).toMatchObject({
    code: 3,
    complaint: expect.stringContaining(
      "you may not read gs://records: 'gcloud auth application-default login'",
    ),
  });
});

test("a stand-in elsewhere than on this machine is refused: records would be sent there", async () => {
  expect(await run("http://10.0.0.1:4443", "verify", "--records", "gs://records")).toMatchObject({
    code: 2,
    complaint: expect.stringContaining("got 'http://10.0.0.1:4443'"),
  });
});

test("an empty bucket, and one of something else, end as usage errors that say what is expected", async () => {
  standIn.createBucket("new");
  for (const verb of ["inspect", "verify", "rebuild", "snapshot"]) {
    expect(await run(server.origin, verb, "--records", "gs://new")).toMatchObject({
      code: 2,
      text: "",
      complaint: expect.stringContaining(
        "gs://new is empty: there is no catalog before somebody has signed in",
      ),
    });
  }
  standIn.createBucket("media");
  await new CloudObjectStore({ bucket: "media", apiEndpoint: server.origin }).put(
    "photos/u/p.jpg",
    Buffer.of(1),
  );
  expect(await run(server.origin, "verify", "--records", "gs://media")).toMatchObject({
    code: 2,
    complaint: expect.stringMatching(/^No catalogs in gs:\/\/media: expected .*'catalog\/'/),
  });
});

test("the program finds the stand-in in its environment", async () => {
  standIn.createBucket("empty");
  const program = join(import.meta.dirname, "../../app/cli/main.ts");
  const words = [program, "catalog", "inspect", "--records", "gs://empty"];
  const env = { ...process.env, STORAGE_EMULATOR_HOST: server.origin };
  await expect(promisify(execFile)(process.execPath, words, { env })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^gs:\/\/empty is empty/),
  });
});
