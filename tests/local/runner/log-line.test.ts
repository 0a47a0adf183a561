import { expect, test } from "vitest";
import { readLogLine } from "../../../local/runner/log-line.ts";

test.each([
  ['{"severity":"INFO","message":"request"}', false, "info: request"],
  [
    '{"severity":"WARNING","message":"sign-in refused","reason":"expired"}',
    true,
    "warning: sign-in refused (expired)",
  ],
  [
    '{"severity":"ERROR","message":"request failed","code":"internal","err":{"message":"disk full"}}',
    true,
    "error: request failed (internal, disk full)",
  ],
  ["node:internal/errors:540", true, "node:internal/errors:540"],
  ["   ", false, "   "],
  ["42", true, "42"],
])("the line %s", (line, isWorthShowing, text) => {
  expect(readLogLine(line)).toEqual({ isWorthShowing, text });
});
