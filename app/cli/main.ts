#!/usr/bin/env node
/** `npx imgstream …`: looks into what the service keeps, without the service, and delivers again what was undeliverable. */
import { runCommand } from "./run-command.ts";

// Who reads may stop early: `… | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const terminal = {
  write: (line: string) => void process.stdout.write(`${line}\n`),
  complain: (line: string) => void process.stderr.write(`${line}\n`),
};
process.exitCode = await runCommand(process.argv.slice(2), terminal, {
  // Google's library reads it too, and takes it for another address than everyone else does.
  storageStandIn: process.env["STORAGE_EMULATOR_HOST"] || undefined,
});
