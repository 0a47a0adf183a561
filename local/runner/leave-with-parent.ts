/**
 * Loaded into every process of the app before its own code: once the runner is gone, in whatever way, the process
 * is told to end as the platform would tell it. Without this a `kill -9` of the runner would leave it behind,
 * with the data folder's lock.
 */
process.once("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  // Longer than the app takes to finish what is under way.
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 12_000).unref();
});
process.channel?.unref();
