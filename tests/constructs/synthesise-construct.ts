import { tmpdir } from "node:os";
import { App, TerraformStack } from "cdktf";

/** The one resource of a type that a construct makes, as Terraform reads it. */
export function synthesiseConstruct(
  type: string,
  make: (stack: TerraformStack) => void,
): Readonly<Record<string, unknown>> {
  const stack = new TerraformStack(new App({ outdir: tmpdir() }), "stack");
  make(stack);
  const { resource = {} } = stack.toTerraform() as {
    resource?: Record<string, Record<string, Record<string, unknown>>>;
  };
  const found = Object.values(resource[type] ?? {});
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} resources of type ${type}`);
  return found[0];
}
