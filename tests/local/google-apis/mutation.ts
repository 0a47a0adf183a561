import {
  type ApiShape,
  type FieldShape,
  fieldsOf,
  type MessageShape,
} from "../../../local/google-apis/discovery/shape.ts";
import { camelCase } from "../../../local/google-apis/engine/body-check.ts";
import { isObject, type Json } from "../../../local/google-apis/engine/json.ts";
import { type Place, replaceAt } from "./place.ts";

/** A body of the real provider with one thing changed. */
export interface Mutation {
  readonly place: Place;
  readonly body: Json;
  /** What the refusal must say; undefined where the change may be harmless. */
  readonly refused: RegExp | undefined;
}

/** A part of a body, with what Google's document says may stand there. */
interface Part {
  readonly place: Place;
  readonly value: Json;
  readonly field: FieldShape;
}

/** Picks one of a list; the same list and seed give the same. */
export type Pick = <T>(list: readonly T[]) => T | undefined;

/** Every part of a body that Google's document knows, the whole body first. */
function partsOf(shape: ApiShape, schema: string, body: Json): Part[] {
  return partsIn(shape, { type: "message", ref: schema }, body, []);
}

function partsIn(shape: ApiShape, field: FieldShape, value: Json, place: Place): Part[] {
  const part = { place, value, field };
  const { of } = field;
  if (field.type === "message" && isObject(value)) {
    const fields = fieldsOf(shape, field);
    const below = Object.entries(value).flatMap(([name, inner]) => {
      const known = fields[name];
      if (known === undefined || inner === undefined) return [];
      return partsIn(shape, known, inner, [...place, name]);
    });
    return [part, ...below];
  }
  if (of === undefined || typeof value !== "object" || value === null) return [part];
  const below = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined
      ? []
      : partsIn(shape, of, inner, [...place, Array.isArray(value) ? Number(key) : key]),
  );
  return [part, ...below];
}

const strangeNames = [
  "notAFieldOfGoogle",
  "constructor",
  "__proto__",
  "toString",
  "",
  "Name",
  "name ",
  "name.name",
  "@type2",
  "displayname",
  "LABELS",
];

/** Objects in objects and lists in lists, as deep as Google reads them. */
function nested(levels: number): Json {
  return Array.from({ length: levels }).reduce<Json>(
    (inner, _, level) => (level % 2 ? [inner] : { x: inner }),
    1,
  );
}

/** What a careless or hostile client could put in any value's place. */
const strangeValues: readonly Json[] = [
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "%",
  "%zz",
  "../../x",
  "__proto__",
  "projects/",
  "projects/imgstream-dev/global/urlMaps/none",
  "serviceAccount:none@imgstream-dev.iam.gserviceaccount.com",
  "a".repeat(20_000),
  "2026-02-30T99:99:99Z",
  [],
  {},
  [null],
  [[]],
  [{}],
  { "": "" },
  { constructor: {} },
  Array.from({ length: 300 }, (_, index) => `${index}`),
  nested(90),
];

/** Values that are of another type than the field's, in JSON for protocol buffers. */
function wrongValues({ type, format, enum: choices }: FieldShape): readonly Json[] {
  switch (type) {
    case "any":
      return [];
    case "message":
    case "map":
      return ["text", 7, true, ["text"], nested(50)].filter((value) => !isObject(value));
    case "list":
      return ["text", 7, false, {}, { "0": 1 }];
    case "boolean":
      return ["yes", 1, {}, [], "a".repeat(20_000)];
    case "integer":
      return ["many", 1.5, {}, [1], true, "", "1e3", Number.MAX_VALUE, 2 ** 70];
    case "number":
      return ["many", {}, [1], true, ""];
    case "string":
      if (choices !== undefined) return ["NOT_ONE_OF_THEM", 3, {}, [], true];
      return format === "int64" || format === "uint64"
        ? ["many", 1.5, {}, [1], true, "9".repeat(20)]
        : [7, 1.5, true, {}, ["text"]];
    default:
      return type satisfies never;
  }
}

/** A name that Google's message lacks, however it is written. */
function isUnknown(fields: MessageShape, name: string): boolean {
  return fields[name] === undefined && fields[camelCase(name)] === undefined;
}

function quoted(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

export interface MutationOptions {
  readonly shape: ApiShape;
  readonly methodId: string;
  /** Of the body. */
  readonly schema: string;
  readonly body: Json;
  readonly pick: Pick;
}

/** One way to spoil a body; undefined where this body has nothing of the kind. */
type Spoil = (options: MutationOptions) => Mutation | undefined;

const unknownField: Spoil = ({ shape, schema, body, pick }) => {
  const messages = partsOf(shape, schema, body).filter(({ field }) => field.type === "message");
  const part = pick(messages);
  const name = pick(strangeNames);
  if (part === undefined || name === undefined) return undefined;
  if (!isObject(part.value) || !isUnknown(fieldsOf(shape, part.field), name)) return undefined;
  const entries = [...Object.entries(part.value), [name, pick(strangeValues) ?? null] as const];
  const spoiled = replaceAt(body, part.place, Object.fromEntries(entries));
  return {
    place: [...part.place, name],
    body: spoiled,
    refused: new RegExp(`Unknown name "${quoted(name)}"`),
  };
};

const wrongType: Spoil = ({ shape, schema, body, pick }) => {
  const part = pick(partsOf(shape, schema, body).filter(({ place }) => place.length > 0));
  if (part === undefined) return undefined;
  const value = pick(wrongValues(part.field));
  if (value === undefined) return undefined;
  return { place: part.place, body: replaceAt(body, part.place, value), refused: /Invalid value at '/ };
};

const missingField: Spoil = ({ shape, methodId, schema, body, pick }) => {
  const method = shape.methods[methodId];
  if (method === undefined || method.verb === "PATCH") return undefined;
  const required = partsOf(shape, schema, body).filter(
    ({ place, field }) =>
      field.required === true && !(place.length === 1 && method.parameters[String(place[0])] !== undefined),
  );
  const part = pick(required);
  if (part === undefined) return undefined;
  const value = pick<Json | undefined>([
    undefined,
    null,
    ...(part.field.type === "string" && part.field.format === undefined ? [""] : []),
  ]);
  return {
    place: part.place,
    body: replaceAt(body, part.place, value),
    refused: /^Required field 'resource\./,
  };
};

const left: Spoil = ({ shape, schema, body, pick }) => {
  const part = pick(partsOf(shape, schema, body));
  if (part === undefined) return undefined;
  const value = pick([undefined, null]);
  return { place: part.place, body: replaceAt(body, part.place, value), refused: undefined };
};

const strange: Spoil = ({ shape, schema, body, pick }) => {
  const part = pick(partsOf(shape, schema, body));
  const value = pick(strangeValues);
  if (part === undefined || value === undefined) return undefined;
  return { place: part.place, body: replaceAt(body, part.place, value), refused: undefined };
};

/** A reference to something whose name is a little longer: what it refers to is not there, or is another thing. */
const otherName: Spoil = ({ shape, schema, body, pick }) => {
  const part = pick(partsOf(shape, schema, body).filter(({ value }) => typeof value === "string"));
  if (typeof part?.value !== "string") return undefined;
  return { place: part.place, body: replaceAt(body, part.place, `${part.value}-none`), refused: undefined };
};

/** By what is wrong with the body. */
export const spoils: Readonly<Record<string, Spoil>> = {
  "an unknown field": unknownField,
  "a value of the wrong type": wrongType,
  "a required field missing": missingField,
  "a field left out or null": left,
  "a strange value": strange,
  "another name": otherName,
};
