import { Writable } from "node:stream";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { DamagedLogError } from "../../app/catalog/protocol/log.ts";
import { leftBy } from "../../app/maintenance/report.ts";
import { TaskRecord } from "../../app/maintenance/task-record.ts";
import { logOptions } from "../../app/telemetry/log.ts";

test("what is left for a person is a warning, and an error with its code where a log cannot be read", () => {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const { log } = Fastify({
    logger: logOptions({ role: "maintenance", projectId: "p", version: "v", destination }),
  });
  const record = new TaskRecord("redact", { log });
  const about = { kind: "unredacted-log", subject: "ada", userId: "ada" } as const;
  record.told.note({ ...about, outcome: "mended" });
  record.told.note({ ...about, ...leftBy(new Error("store away")) });
  record.told.note({ ...about, ...leftBy(DamagedLogError.missing("ada", 2)) });
  const line = { task: "redact", finding: "unredacted-log", user_id: "ada" };
  expect(lines).toMatchObject([
    { ...line, severity: "INFO" },
    { ...line, severity: "WARNING", detail: "store away" },
    {
      ...line,
      severity: "ERROR",
      err: { code: "damaged-log" },
      detail: expect.stringContaining("entry 2 in the"),
    },
  ]);
});
