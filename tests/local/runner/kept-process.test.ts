import { readFile, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { KeptProcess, StartFailedError } from "../../../local/runner/kept-process.ts";
import { temporaryFolder } from "../edge/edge-with-app.ts";

/** A repository whose app is a few lines: it answers that it is ready, or ends as it is told. */
async function keep(program: string, environment: Record<string, string> = {}) {
  const repository = await temporaryFolder();
  await mkdir(join(repository, "app"));
  await writeFile(join(repository, "package.json"), `{"type":"module"}`);
  await writeFile(join(repository, "app/main.ts"), program);
  const said: string[] = [];
  const lines: string[] = [];
  const kept = new KeptProcess({
    role: "web",
    repository,
    environment: { PATH: process.env["PATH"] ?? "", FOLDER: repository, ...environment },
    onLine: (line) => lines.push(line),
    say: (text) => said.push(text),
  });
  onTestFinished(() => kept.stop());
  return { kept, said, lines, repository };
}

const answering = `
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
createServer((request, response) => {
  if (request.url === "/end") process.exit(7);
  response.end(String(process.pid));
}).listen(Number(process.env["PORT"]), "127.0.0.1", () => console.log("listening"));
process.on("SIGTERM", () => { writeFileSync(process.env["FOLDER"] + "/ended", process.argv[2] ?? ""); process.exit(0); });
`;

const text = async (origin: string | undefined) => (await fetch(`${origin ?? ""}/`)).text();

test("a process that is ready can be reached, and ends in good order", async () => {
  const { kept, lines, repository } = await keep(answering);
  await kept.start();
  expect(Number(await text(kept.origin))).toBeGreaterThan(0);
  expect(lines).toContain("listening");
  await kept.stop();
  expect(kept.origin).toBeUndefined();
  expect(await readFile(join(repository, "ended"), "utf8")).toBe("web");
});

test("a process that ends by itself is started again, and it is said", async () => {
  const { kept, said } = await keep(answering);
  await kept.start();
  const before = await text(kept.origin);
  await fetch(`${kept.origin ?? ""}/end`).catch(() => undefined);
  await vi.waitFor(() => expect(said).toContain("The app (web) is back."), { timeout: 20_000 });
  expect(said[0]).toBe("The app (web) ended with exit code 7. Starting it again in 1 s…");
  expect(await text(kept.origin)).not.toBe(before);
});

test("a process that cannot start is given up with its own words", async () => {
  const { kept } = await keep(`console.error("IDENTITY_KEY is missing"); process.exit(2);`);
  const starting = kept.start();
  await expect(starting).rejects.toThrow(StartFailedError);
  await expect(starting).rejects.toThrow(/The app \(web\) did not start:[\s\S]*IDENTITY_KEY is missing/);
});

test("a former process that still holds the data folder is waited for", async () => {
  const { kept, lines } = await keep(`
import { closeSync, existsSync, openSync } from "node:fs";
const second = process.env["FOLDER"] + "/second";
if (!existsSync(second)) {
  closeSync(openSync(second, "w"));
  console.error("the data folder /x is in use by process 1 on here");
  process.exit(1);
}
${answering}`);
  await kept.start();
  expect(lines[0]).toContain("is in use by process");
  expect(kept.origin).toBeDefined();
});
