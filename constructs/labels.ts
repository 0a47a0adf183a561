import { TerraformResource } from "cdktf";
import type { IAspect } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Labels everything in its scope that can be labelled: `Aspects.of(stack).add(new Labels({ team: "photos" }))`.
 * A label that a resource sets itself is kept. Where the provider calls them `user_labels`, those are set.
 */
export class Labels implements IAspect {
  private readonly labels: Readonly<Record<string, string>>;

  constructor(labels: Readonly<Record<string, string>>) {
    for (const [key, value] of Object.entries(labels)) {
      if (!/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(value)) {
        throw new Error(
          `A label must be lower-case letters, digits, '_' and '-', at most 63 of them, got '${key}: ${value}'`,
        );
      }
    }
    this.labels = labels;
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    for (const field of ["labels", "userLabels"]) {
      const own: unknown = Reflect.get(node, `${field}Input`);
      if (!(field in node) || !(`${field}Input` in node)) continue;
      Reflect.set(node, field, { ...this.labels, ...(isRecord(own) ? own : {}) });
    }
  }
}

function isRecord(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null;
}
