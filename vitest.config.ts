import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // What is waited for comes; how soon is the machine's business.
    expect: { poll: { timeout: 10_000 } },
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    // One less than the cores is the default, which leaves one for whoever works on them: here everybody waits, and
    // many tests wait for real processes.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
