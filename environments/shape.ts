import type { Fault } from "./fault.ts";

/** What a fact looks like, before its value is judged: nothing checks types before a synthesis. */
export type Shape =
  | "text"
  | "number"
  | "true or false"
  /** One of these texts. */
  | readonly string[]
  | { readonly list: Shape }
  | { readonly optional: Shape }
  | Fields
  /** One of several, told apart by a field. */
  | { readonly by: string; readonly variants: readonly Fields[] };

interface Fields {
  readonly fields: Readonly<Record<string, Shape>>;
  /** What to write instead of something that has no fields. @default the names of the fields */
  readonly instead?: string;
}

/** The shape of a type: a fact that is added to the type does not compile until it is added to its shape. */
export type ShapeOf<T> = [T] extends [boolean]
  ? "true or false"
  : [T] extends [string]
    ? string extends T
      ? "text"
      : readonly T[]
    : [T] extends [number]
      ? "number"
      : [T] extends [readonly (infer Item)[]]
        ? { readonly list: ShapeOf<Item> }
        : IsUnion<T> extends true
          ? { readonly by: string; readonly variants: readonly (T extends unknown ? FieldsOf<T> : never)[] }
          : FieldsOf<T>;

interface FieldsOf<T> extends Fields {
  readonly fields: {
    readonly [K in keyof T & string]-?: undefined extends T[K]
      ? { readonly optional: ShapeOf<Exclude<T[K], undefined>> }
      : ShapeOf<T[K]>;
  };
}

type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

/** Where a value has not its shape: what is missing, unknown or of another kind. */
export function findShapeFaults(value: unknown, shape: Shape, fact = ""): Fault[] {
  if (shape === "text") return faultUnless(typeof value === "string", fact, value, "a text in quotes");
  if (shape === "number")
    return faultUnless(typeof value === "number", fact, value, "a number, not in quotes");
  if (shape === "true or false")
    return faultUnless(typeof value === "boolean", fact, value, "true or false, not in quotes");
  if (isTexts(shape))
    return faultUnless(
      typeof value === "string" && shape.includes(value),
      fact,
      value,
      `one of ${shape.map((text) => `"${text}"`).join(", ")}`,
    );
  if ("optional" in shape) return value === undefined ? [] : findShapeFaults(value, shape.optional, fact);
  if ("list" in shape) {
    if (!Array.isArray(value)) return faultUnless(false, fact, value, "a list in [ ], even of one");
    return value.flatMap((item, index) => findShapeFaults(item, shape.list, `${fact}[${index}]`));
  }
  if ("fields" in shape) return findFieldFaults(value, shape, fact);
  return findVariantFaults(value, shape, fact);
}

function findFieldFaults(value: unknown, { fields, instead }: Fields, fact: string): Fault[] {
  const names = Object.keys(fields);
  if (!isRecord(value)) return faultUnless(false, fact, value, instead ?? `{ ${names.join(", ")} }`);
  const path = (name: string): string => (fact === "" ? name : `${fact}.${name}`);
  return [
    ...Object.entries(fields).flatMap(([name, shape]) => findShapeFaults(value[name], shape, path(name))),
    ...Object.keys(value)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        fact: path(name),
        received: value[name],
        instead: `is no fact: those ${fact === "" ? "" : `of ${fact} `}are ${names.join(", ")}`,
      })),
  ];
}

function findVariantFaults(
  value: unknown,
  { by, variants }: { readonly by: string; readonly variants: readonly Fields[] },
  fact: string,
): Fault[] {
  const known = variants.flatMap(({ fields }) => {
    const texts = fields[by];
    return texts !== undefined && isTexts(texts) ? texts : [];
  });
  if (!isRecord(value)) return faultUnless(false, fact, value, `{ ${by}: one of ${known.join(", ")}, … }`);
  const chosen = variants.find(({ fields }) => findShapeFaults(value[by], fields[by] ?? []).length === 0);
  return chosen === undefined
    ? findShapeFaults(value[by], known, `${fact}.${by}`)
    : findFieldFaults(value, chosen, fact);
}

function faultUnless(isIt: boolean, fact: string, received: unknown, what: string): Fault[] {
  if (isIt) return [];
  return [
    { fact, received, instead: `${received === undefined ? "is missing: it" : ""} must be ${what}`.trim() },
  ];
}

function isTexts(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
