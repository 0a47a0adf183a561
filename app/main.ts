import closeWithGrace from "close-with-grace";
import { ConfigError, readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { limits } from "./http/limits.ts";
import { heicArgument } from "./pictures/heic-argument.ts";
import { MaintenanceArgumentsError, readMaintenanceArguments } from "./maintenance/maintenance-arguments.ts";
import { roles } from "./runtime-contract.ts";
import type { Role } from "./runtime-contract.ts";

// Queries of the catalog each occupy one of these threads, and so do files: with the usual four, four long
// queries would stop everything else. Read by Node when the first of them is needed.
process.env["UV_THREADPOOL_SIZE"] ??= "16";

/** The one program of the image; its argument says which part it plays. */
async function main(): Promise<void> {
  const [first, path] = process.argv.slice(2);
  // The child that the worker starts for one file; it is told nothing else, and has no environment.
  if (first === heicArgument && path !== undefined) return await runHeic(path);
  const role = roles.find((one) => one === first);
  const words = process.argv.slice(3);
  if (role === undefined || (words.length > 0 && role !== "maintenance")) {
    throw new UsageError(
      `Expected one of ${roles.join(", ")} as the only argument but received '${process.argv.slice(2).join(" ")}'`,
    );
  }
  await run(role, readConfig(process.env), words);
}

class UsageError extends Error {}

async function runHeic(path: string): Promise<void> {
  const { runHeicProcess } = await import("./pictures/heic-process.ts");
  await runHeicProcess(path);
}

async function run(role: Role, config: Config, words: readonly string[]): Promise<void> {
  if (role === "maintenance") {
    const { runMaintenance, taskNames } = await import("./maintenance/run.ts");
    const request = readMaintenanceArguments(words, taskNames);
    process.exitCode = await runMaintenance(config, import.meta.filename, request);
    return;
  }
  const server =
    role === "web"
      ? await (await import("./web.ts")).openWeb(config)
      : await (await import("./worker.ts")).openWorker(config, import.meta.filename);

  closeWithGrace({ delay: limits.closeMilliseconds, logger: server.log }, async ({ err, signal }) => {
    if (err) server.log.fatal({ err }, "something went wrong that nobody caught: closing");
    else server.log.info({ signal }, "closing");
    await server.close();
  });
  await server.listen({ port: config.port, host: config.host });
}

main().catch((error: unknown) => {
  const isTheirs = [UsageError, MaintenanceArgumentsError, ConfigError].some(
    (fault) => error instanceof fault,
  );
  const message = error instanceof Error ? error.message : String(error);
  // There is no logger before there is a server. A person reads words, Cloud Logging a line of JSON.
  const line = process.stderr.isTTY
    ? message
    : JSON.stringify({
        severity: "CRITICAL",
        message,
        ...(!isTheirs && error instanceof Error && { stack_trace: error.stack }),
      });
  process.stderr.write(`${line}\n`);
  process.exit(isTheirs ? 2 : 1);
});
