#!/usr/bin/env node
/** `npx imgstream …`: looks into what the service keeps, without the service, and delivers again what was undeliverable. */
import { runCommand } from "./run-command.ts";

// Who reads may stop early: `… | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runCommand(process.argv.slice(2), {
  write: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});
