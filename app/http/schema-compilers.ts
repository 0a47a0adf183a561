interface SchemaCompilers {
  readonly compileValidator: typeof import("typebox/schema").Compile;
  compileSerializer(schema: unknown, options: object): (reply: unknown) => string;
}

let loaded: SchemaCompilers | undefined;

/** What turns schemas into code is a third of all that a role has: read once somebody asks, not while it starts. */
export async function loadSchemaCompilers(): Promise<void> {
  if (loaded !== undefined) return;
  const [{ Compile }, { default: compileSerializer }] = await Promise.all([
    import("typebox/schema"),
    import("fast-json-stringify"),
  ]);
  loaded = { compileValidator: Compile, compileSerializer };
}

/** @throws Error before they are loaded */
export function schemaCompilers(): SchemaCompilers {
  if (loaded === undefined) {
    throw new Error(
      "a schema was needed before what compiles it was loaded: await loadSchemaCompilers() first",
    );
  }
  return loaded;
}
