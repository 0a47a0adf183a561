import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // What is waited for comes; how soon is the machine's business.
    expect: { poll: { timeout: 10_000 } },
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
