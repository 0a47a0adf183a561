import { TerraformElement } from "cdktf";
import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { Block, isJsonObject, type Json, type JsonObject } from "./block.ts";

/** A resource or data source as Terraform will read it, and the construct that it came from. */
export class SynthesizedBlock extends Block {
  readonly kind: "resource" | "data";
  /** Terraform's type, such as `google_storage_bucket`. */
  readonly type: string;
  /** Terraform's address, such as `google_storage_bucket.media` or `data.google_project.this`. */
  readonly address: string;
  /** What declared it; the stack for a block that only an override of the stack wrote. */
  readonly construct: IConstruct;

  constructor(kind: "resource" | "data", type: string, id: string, json: JsonObject, construct: IConstruct) {
    super(json);
    this.kind = kind;
    this.type = type;
    this.address = `${kind === "data" ? "data." : ""}${type}.${id}`;
    this.construct = construct;
  }

  /** Whether the construct that declared it offers this argument, set or not (`labels`, `userLabels`). */
  offers(property: string): boolean {
    return `${property}Input` in this.construct;
  }
}

/** What may be an address in a text: `${google_storage_bucket.media.name}` gives `google_storage_bucket.media`. */
function findAddresses(text: string): readonly string[] {
  return text.match(/(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]*\.[A-Za-z0-9_-]+/g) ?? [];
}

function collectTexts(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(collectTexts);
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, child]) => (name === "//" ? [] : collectTexts(child)));
  }
  return [];
}

function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** What is resolved holds neither a token nor anything undefined: it is what will be written. */
function resolvedJson(stack: TerraformStack): JsonObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by what resolving is; a copy by way of text would cost as much as the rules
  const json = stack.toTerraform() as Json;
  return isJsonObject(json) ? json : {};
}

/** One stack as Terraform will read it: every aspect has run, every token is resolved, overrides are in. */
export class SynthesizedStack {
  readonly construct: TerraformStack;
  readonly blocks: readonly SynthesizedBlock[];
  private readonly resourcesByType: ReadonlyMap<string, readonly SynthesizedBlock[]>;
  private readonly byAddress: ReadonlyMap<string, SynthesizedBlock>;
  private readonly dependencies = new Map<SynthesizedBlock, ReadonlySet<SynthesizedBlock>>();

  constructor(stack: TerraformStack) {
    this.construct = stack;
    const constructs = new Map<string, IConstruct>(
      stack.node
        .findAll()
        .filter((node) => TerraformElement.isTerraformElement(node))
        .map((node) => [node.node.path, node]),
    );
    const json = resolvedJson(stack);
    this.blocks = (["resource", "data"] as const).flatMap((kind) =>
      entriesOf(json[kind]).flatMap(([type, instances]) =>
        entriesOf(instances).map(([id, block]) => {
          const content = isJsonObject(block) ? block : {};
          const path = new Block(content).text("//.metadata.path") ?? "";
          return new SynthesizedBlock(kind, type, id, content, constructs.get(path) ?? stack);
        }),
      ),
    );
    const resources = this.blocks.filter(({ kind }) => kind === "resource");
    this.resourcesByType = Map.groupBy(resources, ({ type }) => type);
    this.byAddress = new Map(this.blocks.map((block) => [block.address, block]));
  }

  /** The resources of these types; a pattern chooses by its name. */
  resources(...types: readonly (string | RegExp)[]): readonly SynthesizedBlock[] {
    const isWanted = (type: string): boolean =>
      types.length === 0 ||
      types.some((wanted) => (typeof wanted === "string" ? type === wanted : wanted.test(type)));
    return [...this.resourcesByType].flatMap(([type, resources]) => (isWanted(type) ? resources : []));
  }

  get dataSources(): readonly SynthesizedBlock[] {
    return this.blocks.filter(({ kind }) => kind === "data");
  }

  /** What the texts at a path of a block refer to, within this stack. */
  referred(block: Block, path: string): readonly SynthesizedBlock[] {
    return this.resolve(block.texts(path));
  }

  /**
   * Whether two blocks mean the same thing: by a reference to it, or by its literal name where configuration
   * spells one (`name`, `bucket`, `secret_id`).
   */
  refersTo(block: Block, path: string, target: SynthesizedBlock): boolean {
    if (this.referred(block, path).includes(target)) return true;
    const names = ["name", "bucket", "secret_id"].flatMap((name) => target.texts(name));
    return block.texts(path).some((text) => names.includes(text) && !text.includes("${"));
  }

  /** Everything that Terraform finishes before it starts on this block, by references and `depends_on`. */
  waitsFor(block: SynthesizedBlock): ReadonlySet<SynthesizedBlock> {
    const known = this.dependencies.get(block);
    if (known !== undefined) return known;
    const found = new Set<SynthesizedBlock>();
    // Set before the walk, so that a cycle (which Terraform refuses by itself) ends here.
    this.dependencies.set(block, found);
    for (const next of this.resolve(collectTexts(block.json))) {
      if (next === block) continue;
      found.add(next);
      for (const further of this.waitsFor(next)) found.add(further);
    }
    return found;
  }

  private resolve(texts: readonly string[]): readonly SynthesizedBlock[] {
    return texts
      .flatMap(findAddresses)
      .map((address) => this.byAddress.get(address))
      .filter((target) => target !== undefined);
  }
}
