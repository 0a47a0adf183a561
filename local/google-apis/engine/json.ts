/** What JSON can hold. A key that is absent and one that is `undefined` mean the same: the field is not set. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a text of JSON says; an empty object where it is none. */
export function readJsonText(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The value under a dotted path; undefined where any step of it is absent. */
export function at(value: Json | undefined, path: string): Json | undefined {
  return path
    .split(".")
    .reduce<Json | undefined>(
      (level, key) => (isObject(level) && Object.hasOwn(level, key) ? level[key] : undefined),
      value,
    );
}

export function textAt(value: Json | undefined, path: string): string {
  const found = at(value, path);
  return typeof found === "string" ? found : "";
}

export function objectAt(value: Json | undefined, path: string): JsonObject {
  const found = at(value, path);
  return isObject(found) ? found : {};
}

export function listAt(value: Json | undefined, path: string): Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The objects among a list's elements. */
export function objectsAt(value: Json | undefined, path: string): JsonObject[] {
  return listAt(value, path).filter(isObject);
}

/** A copy of `value` in which `path` holds `leaf`; `undefined` removes it. */
export function withAt(value: JsonObject, path: string, leaf: Json | undefined): JsonObject {
  const [head = "", ...rest] = path.split(".");
  if (rest.length > 0) {
    const below = objectAt(value, head);
    if (leaf === undefined && !isObject(value[head])) return value;
    return { ...value, [head]: withAt(below, rest.join("."), leaf) };
  }
  const copy = { ...value, [head]: leaf };
  if (leaf === undefined) delete copy[head];
  return copy;
}

/** Every string inside a value, however deep. */
export function* textsIn(value: Json | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const part of value) yield* textsIn(part);
  else if (isObject(value)) for (const part of Object.values(value)) yield* textsIn(part);
}

/** A copy in which every string went through `change`. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((part) => mapTexts(part, change));
  return isObject(value) ? mapObjectTexts(value, change) : value;
}

export function mapObjectTexts(value: JsonObject, change: (text: string) => string): JsonObject {
  const parts = Object.entries(value).flatMap(([key, part]) =>
    part === undefined ? [] : [[key, mapTexts(part, change)] as const],
  );
  return Object.fromEntries(parts);
}

/** The strings among a list's elements. */
export function textsAt(value: Json | undefined, path: string): string[] {
  return listAt(value, path).filter((part) => typeof part === "string");
}

/** A value as an error message shows it: text as it is, anything else as JSON. */
export function shown(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
