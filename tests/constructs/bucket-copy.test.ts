import { expect, test } from "vitest";
import { BucketCopy, type BucketCopyProps } from "../../constructs/bucket-copy.ts";
import { PrivateBucket } from "../../constructs/private-bucket.ts";
import { storageTransferAgent } from "../../constructs/service-agents.ts";
import { inStack } from "./in-stack.ts";

const placement = { kind: "region", region: "europe-west1" } as const;

function optionsOf(changes: Partial<BucketCopyProps>): unknown {
  const { fields } = inStack((stack) => {
    const source = new PrivateBucket(stack, "source", { name: "source", placement });
    const copy = { name: "copy", placement };
    const transferAgent = storageTransferAgent("100000000001");
    return new BucketCopy(stack, "copy", { source, copy, transferAgent, ...changes });
  }).at("copy/job");
  return Reflect.get(Object(fields["transfer_spec"]), "transfer_options");
}

test("what is deleted stays in the copy, unless it is told to follow", () => {
  const overwriting = { overwrite_objects_already_existing_in_sink: true };
  expect(optionsOf({})).toEqual({ ...overwriting, delete_objects_unique_in_sink: false });
  expect(optionsOf({ keepsDeleted: false })).toEqual({ ...overwriting, delete_objects_unique_in_sink: true });
});

test("a copy that follows deletions and keeps no versions is refused: it would lose the same, a day later", () => {
  const copy = { name: "copy", placement, keepVersionsDays: 0 };
  expect(() => optionsOf({ keepsDeleted: false, copy })).toThrow(/'keepsDeleted' is false .* keep versions/);
});
