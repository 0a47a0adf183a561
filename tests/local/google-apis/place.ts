import { isObject, type Json } from "../../../local/google-apis/engine/json.ts";

/** A place in a body: the keys that lead to it. */
export type Place = readonly (string | number)[];

/** A copy of the body in which the value at a place is another; undefined removes it. */
export function replaceAt(body: Json, place: Place, value: Json | undefined): Json {
  const [head, ...rest] = place;
  if (head === undefined) return value ?? null;
  const inner = (part: Json): Json | undefined => (rest.length === 0 ? value : replaceAt(part, rest, value));
  if (Array.isArray(body)) {
    return body.flatMap((part, index) => {
      const next = index === head ? inner(part) : part;
      return next === undefined ? [] : [next];
    });
  }
  if (!isObject(body)) return body;
  const entries = Object.entries(body).flatMap(([key, part]) => {
    const next = key === String(head) ? inner(part ?? null) : part;
    return next === undefined ? [] : [[key, next] as const];
  });
  return Object.fromEntries(entries);
}
