import * as Type from "typebox";
import type { Static, TSchema, TSchemaOptions, TUnsafe } from "typebox";

/**
 * An object of any names whose values are all alike. `Type.Record` reads names as patterns, which brings 90 kB of a
 * parser into what an instance reads before it is ready.
 */
export function mapOf<const Value extends TSchema>(
  value: Value,
  options: TSchemaOptions = {},
): TUnsafe<Record<string, Static<Value>>> {
  return Type.Unsafe({ type: "object", additionalProperties: value, ...options });
}
