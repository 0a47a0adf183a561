import type { JsonObject } from "../../google-apis/engine/json.ts";
import type { Project } from "../../google-apis/engine/projects.ts";
import { ApiClient } from "./api-client.ts";
import { runProvisioners } from "./local-exec.ts";
import { type DeclaredResource, referredTo, resolved, resourcesOf, waitedFor } from "./references.ts";
import { resourceTypes } from "./resource-types.ts";

export interface DeclaredOptions {
  readonly declared: JsonObject;
  /** Where the stack's assets lie. */
  readonly folder: string;
  readonly project: Project;
  /** Endpoints and token, as the provider and the apply-time programs read them. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface MadeFromDeclaration {
  readonly made: number;
  /** How many of each type were left out. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** A resource of a type that nothing here makes, or one that is made of such a one. */
function isLeftOut(resource: DeclaredResource, byAddress: ReadonlyMap<string, DeclaredResource>): boolean {
  if (resource.type !== "terraform_data" && resourceTypes[resource.type] === undefined) return true;
  return referredTo(resource).some((address) => {
    const other = byAddress.get(address);
    return other === undefined || isLeftOut(other, byAddress);
  });
}

/**
 * Makes what a stack declares by asking the APIs for it, without Terraform: each resource once those are there that it
 * refers to or waits for, with the apply-time programs in their places. There is no state and no plan.
 *
 * @throws Error with what each resource that failed was refused for
 */
export async function makeDeclared(options: DeclaredOptions): Promise<MadeFromDeclaration> {
  const { declared, folder, project, variables } = options;
  const all = new Map(resourcesOf(declared).map((resource) => [resource.address, resource]));
  const wanted = [...all.values()].filter((resource) => !isLeftOut(resource, all));
  const client = new ApiClient(variables);
  const attributes = new Map<string, JsonObject>();
  const making = new Map<string, Promise<void>>();
  const faults: string[] = [];

  const make = async (resource: DeclaredResource): Promise<void> => {
    const first = [...referredTo(resource), ...waitedFor(resource)].flatMap((address) => {
      const other = all.get(address);
      return other === undefined || isLeftOut(other, all) ? [] : [other];
    });
    await Promise.all(first.map(begin));
    const block = resolved(resource, (address) => attributes.get(address));
    const { address, type } = resource;
    try {
      if (type === "terraform_data") await runProvisioners(block, folder, variables);
      const made = await resourceTypes[type]?.({ block, address, client, project });
      attributes.set(address, made ?? block);
    } catch (error) {
      faults.push(`${address}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  };
  const begin = (resource: DeclaredResource): Promise<void> => {
    const known = making.get(resource.address) ?? make(resource);
    making.set(resource.address, known);
    return known;
  };

  const outcomes = await Promise.allSettled(wanted.map(begin));
  if (faults.length > 0) throw new Error(faults.join("\n"));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  const leftOut = new Map<string, number>();
  for (const resource of all.values()) {
    if (isLeftOut(resource, all)) leftOut.set(resource.type, (leftOut.get(resource.type) ?? 0) + 1);
  }
  return { made: wanted.length, leftOut };
}
