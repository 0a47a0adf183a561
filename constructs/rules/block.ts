/** Any value of Terraform's JSON configuration. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function flatten(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

/** The values of one argument of one block, those of a `dynamic` block of that name included. */
function childrenOf(parent: JsonObject, name: string): readonly Json[] {
  if (parent.dynamic === undefined) return flatten(parent[name]);
  const dynamic = flatten(parent.dynamic)
    .filter(isJsonObject)
    .flatMap((blocks) => flatten(blocks[name]))
    .filter(isJsonObject)
    .flatMap((block) => flatten(block.content));
  return [...flatten(parent[name]), ...dynamic];
}

/**
 * A block of Terraform's JSON. Paths are dotted argument names (`template.containers.env`); Terraform writes
 * a nested block as an object or as a list of objects, so every read walks through lists of any depth.
 */
export class Block {
  readonly json: JsonObject;

  constructor(json: JsonObject) {
    this.json = json;
  }

  /** Every value at the path, in order, lists unfolded. Unset and `null` give nothing. */
  values(path: string): readonly Json[] {
    let found: readonly Json[] = [this.json];
    for (const name of path.split(".")) {
      found = found.filter(isJsonObject).flatMap((parent) => childrenOf(parent, name));
    }
    return found;
  }

  /** Every nested block at the path. */
  blocks(path: string): readonly Block[] {
    return this.values(path)
      .filter(isJsonObject)
      .map((json) => new Block(json));
  }

  /** Every text at the path. */
  texts(path: string): readonly string[] {
    return this.values(path).filter((value) => typeof value === "string");
  }

  /** The first text at the path. */
  text(path: string): string | undefined {
    return this.texts(path)[0];
  }

  has(path: string): boolean {
    return this.values(path).length > 0;
  }

  /** Whether the argument is literally true. Terraform also takes the text "true". */
  isTrue(path: string): boolean {
    return this.values(path).some((value) => value === true || value === "true");
  }

  /** Whether the argument is literally false. */
  isFalse(path: string): boolean {
    return this.values(path).some((value) => value === false || value === "false");
  }

  /** The argument as words of a message: `"inherited"`, `true`, `not set`. */
  describe(path: string): string {
    const values = this.values(path);
    if (values.length === 0) return "not set";
    return values.map((value) => JSON.stringify(value)).join(", ");
  }
}
