import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/schema";

/**
 * Makes the reader of a catalog's effects from the schema of each kind. It gives undefined for a kind that this
 * release does not know, and throws TypeError for one that it knows and that is malformed.
 */
export function effectParser<const S extends Readonly<Record<string, TSchema>>>(
  schemas: S,
): (value: unknown) => Static<S[keyof S]> | undefined {
  const readers = new Map(
    Object.entries(schemas).map(([kind, schema]) => [kind, reader<S[keyof S]>(schema)]),
  );
  return (value) => {
    const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
    if (typeof kind !== "string") throw new TypeError("an effect needs a kind");
    return readers.get(kind)?.(value);
  };
}

function reader<S extends TSchema>(schema: TSchema): (value: unknown) => Static<S> {
  const validator = Compile(schema);
  return (value) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by the schema that S is one of
    if (validator.Check(value)) return value as Static<S>;
    const [, [fault]] = validator.Errors(value);
    throw new TypeError(`${fault?.instancePath ?? ""} ${fault?.message ?? "is malformed"}`);
  };
}
