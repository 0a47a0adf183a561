import { App } from "cdktf";
import type { TerraformStack } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Construct } from "constructs";

/** One synthesised resource: its Terraform address, type and fields. */
export interface SynthesisedResource {
  readonly address: string;
  readonly type: string;
  /** Where it stands in the construct tree, without the stack's name: `data/media/bucket`. */
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SynthesisedStack {
  readonly json: string;
  readonly resources: readonly SynthesisedResource[];
  /** The one resource at this path of the construct tree. */
  at(path: string): SynthesisedResource;
  ofType(type: string): readonly SynthesisedResource[];
}

interface StackJson {
  resource?: Record<
    string,
    Record<string, Record<string, unknown> & { "//": { metadata: { path: string } } }>
  >;
}

/** Synthesises one stack as `main.ts` would, aspects and validations included. */
export function synthesise(make: (scope: Construct) => TerraformStack): SynthesisedStack {
  const outdir = mkdtempSync(join(tmpdir(), "imgstream-synth-"));
  try {
    const app = new App({ outdir });
    const stack = make(app);
    app.synth();
    return readStack(readFileSync(join(outdir, "stacks", stack.node.id, "cdk.tf.json"), "utf8"));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export function readStack(json: string): SynthesisedStack {
  const { resource = {} } = JSON.parse(json) as StackJson;
  const resources = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, { "//": comment, ...fields }]) => ({
      address: `${type}.${name}`,
      type,
      path: comment.metadata.path.slice(comment.metadata.path.indexOf("/") + 1),
      fields,
    })),
  );
  return {
    json,
    resources,
    at(path) {
      const found = resources.filter((one) => one.path === path);
      if (found.length !== 1 || found[0] === undefined) {
        throw new Error(
          `${found.length} resources at '${path}' of ${resources.map((one) => one.path).join(", ")}`,
        );
      }
      return found[0];
    },
    ofType: (type) => resources.filter((one) => one.type === type),
  };
}
