import { expect, test } from "vitest";
import { PrivateNetwork } from "../../constructs/private-network.ts";
import { inStack } from "./in-stack.ts";

test("only a region of the network has a way in", () => {
  expect(() =>
    inStack((stack) =>
      new PrivateNetwork(stack, "n", { name: "n", regions: ["europe-west1"] }).vpcAccess("us-east1"),
    ),
  ).toThrow("The network has no part in 'us-east1': its regions are europe-west1");
});

test("more regions than addresses are refused", () => {
  const regions = Array.from({ length: 17 }, (_, index) => `europe-west${index}`);
  expect(() => inStack((stack) => new PrivateNetwork(stack, "n", { name: "n", regions }))).toThrow(
    "at most 16",
  );
});
