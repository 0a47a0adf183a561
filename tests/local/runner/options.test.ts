import { expect, test } from "vitest";
import { UsageError, readOptions } from "../../../local/runner/options.ts";

test("without a word the page is on port 8080 and the data in the repository", () => {
  expect(readOptions([], {}, "/repository")).toEqual({
    port: 8080,
    dataFolder: "/repository/.imgstream",
    isVerbose: false,
  });
});

test("port and data folder are as told, the command line before the environment", () => {
  expect(readOptions(["--port", "8090", "--data", "/elsewhere", "--verbose"], {}, "/r")).toEqual({
    port: 8090,
    dataFolder: "/elsewhere",
    isVerbose: true,
  });
  const environment = { IMGSTREAM_DATA: "/from/environment" };
  expect(readOptions([], environment, "/r").dataFolder).toBe("/from/environment");
  expect(readOptions(["--data", "/told"], environment, "/r").dataFolder).toBe("/told");
});

test.each([
  [["--port", "many"], "--port is 'many': expected a number from 0 to 65535"],
  [["--port", "65536"], "--port is '65536'"],
  [["--data", ""], "the data folder is empty"],
  [["--prot", "8090"], "--prot"],
  [["8090"], "8090"],
])("%j is refused", (words, message) => {
  expect(() => readOptions(words, {}, "/r")).toThrow(UsageError);
  expect(() => readOptions(words, {}, "/r")).toThrow(message);
});
