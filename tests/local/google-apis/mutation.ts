import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  dictionary,
  integer,
  oneof,
  string,
} from "fast-check";
import {
  type ApiShape,
  type FieldShape,
  fieldsOf,
  type MessageShape,
} from "../../../local/google-apis/discovery/shape.ts";
import { isObject, type Json, type JsonObject } from "../../../local/google-apis/engine/json.ts";

/** A place in a body: the keys that lead to it. */
type Place = readonly (string | number)[];

/** Every message inside a body: maps and free values are none, since they take any name. */
export function messagePlaces(shape: ApiShape, fields: MessageShape, body: Json, at: Place = []): Place[] {
  if (!isObject(body)) return [];
  return [
    at,
    ...Object.entries(body).flatMap(([name, part]) => {
      const field = fields[name];
      return field === undefined || part === undefined ? [] : placesIn(shape, field, part, [...at, name]);
    }),
  ];
}

function placesIn(shape: ApiShape, field: FieldShape, value: Json, at: Place): Place[] {
  if (field.type === "message") return messagePlaces(shape, fieldsOf(shape, field), value, at);
  const { of } = field;
  if (of === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((part, index) => placesIn(shape, of, part, [...at, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    part === undefined ? [] : placesIn(shape, of, part, [...at, key]),
  );
}

/** Every place inside a body, leaves and branches. */
export function allPlaces(body: Json, at: Place = []): Place[] {
  const below = Array.isArray(body)
    ? body.flatMap((part, index) => allPlaces(part, [...at, index]))
    : isObject(body)
      ? Object.entries(body).flatMap(([key, part]) => allPlaces(part ?? null, [...at, key]))
      : [];
  return [at, ...below];
}

/** A copy of the body in which the value at a place is another; undefined removes it. */
export function replaceAt(body: Json, at: Place, value: Json | undefined): Json {
  const [head, ...rest] = at;
  if (head === undefined) return value ?? null;
  if (Array.isArray(body)) {
    return body.flatMap((part, index) => {
      if (index !== head) return [part];
      return rest.length === 0 && value === undefined ? [] : [replaceAt(part, rest, value)];
    });
  }
  if (!isObject(body)) return body;
  const copy: JsonObject = { ...body };
  if (rest.length === 0 && value === undefined) delete copy[String(head)];
  else copy[String(head)] = replaceAt(copy[String(head)] ?? null, rest, value);
  return copy;
}

export function valueAt(body: Json, at: Place): Json {
  return at.reduce<Json>((level, key) => {
    if (Array.isArray(level)) return level[Number(key)] ?? null;
    return isObject(level) ? (level[String(key)] ?? null) : null;
  }, body);
}

/** What a careless or hostile client could put in a value's place. */
export const strangeValue: Arbitrary<Json | undefined> = oneof(
  constant(undefined),
  constantFrom<Json>(null, true, false, 0, -1, 1e308, "", " ", [], {}, [null], [[]], { "": "" }, "__proto__"),
  constantFrom<Json>(
    "projects/imgstream-dev/global/urlMaps/none",
    "serviceAccount:none@imgstream-dev.iam.gserviceaccount.com",
    "../../x",
    "%",
    "a".repeat(5000),
  ),
  integer(),
  string(),
  array(string(), { maxLength: 3 }),
  dictionary(string(), integer(), { maxKeys: 3 }),
);
