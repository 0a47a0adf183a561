import { TerraformResource, dependable } from "cdktf";
import type { IAspect, ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Makes every resource of its scope wait for some first ones, and whatever stands inside `except` not:
 * `Aspects.of(stack).add(new WaitFor(apis.services, [apis]))`. Order only: a change of the first ones changes
 * nothing of the others.
 */
export class WaitFor implements IAspect {
  private readonly first: readonly string[];
  private readonly except: readonly IConstruct[];

  constructor(first: readonly ITerraformDependable[], except: readonly IConstruct[]) {
    this.first = first.map((one) => dependable(one));
    this.except = except;
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    if (this.except.some((outside) => node.node.scopes.includes(outside))) return;
    node.dependsOn = [...new Set([...(node.dependsOn ?? []), ...this.first])];
  }
}
