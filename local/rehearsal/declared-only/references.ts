import {
  isObject,
  type Json,
  type JsonObject,
  mapTexts,
  objectAt,
  objectsAt,
  textAt,
  textsIn,
} from "../../google-apis/engine/json.ts";

/** One resource of a declaration: `type.id` is its address. */
export interface DeclaredResource {
  readonly address: string;
  readonly type: string;
  readonly block: JsonObject;
}

export function resourcesOf(declared: JsonObject): DeclaredResource[] {
  return Object.entries(objectAt(declared, "resource")).flatMap(([type, byId]) =>
    Object.entries(isObject(byId) ? byId : {}).flatMap(([id, block]) =>
      isObject(block) ? [{ address: `${type}.${id}`, type, block }] : [],
    ),
  );
}

const reference = /\$\{([^}]*)\}/g;
const plain = /^(\w+\.[\w-]+)\.(\w+)$/;
/** The separator stands in quotes, as in JSON. */
const joined = /^join\(("(?:[^"\\]|\\.)*"), (\w+\.[\w-]+)\.(\w+)\.\*\.(\w+)\)$/;

/** The addresses whose attributes a resource is made of. */
export function referredTo({ block }: DeclaredResource): string[] {
  return [...textsIn(block)].flatMap((text) =>
    [...text.matchAll(reference)].flatMap(
      ([, inner = ""]) => plain.exec(inner)?.[1] ?? joined.exec(inner)?.[2] ?? [],
    ),
  );
}

/** The addresses that a resource says it waits for, besides those that it is made of. */
export function waitedFor({ block }: DeclaredResource): string[] {
  const listed = block["depends_on"];
  return Array.isArray(listed) ? listed.filter((address) => typeof address === "string") : [];
}

/**
 * A resource's block with the attributes of others in the place of the references to them.
 *
 * @throws Error where an expression is more than a reference, or the attribute is not known
 */
export function resolved(
  { address, block }: DeclaredResource,
  attributesOf: (address: string) => JsonObject | undefined,
): JsonObject {
  const insert = (text: string): string =>
    text.replace(reference, (whole, inner: string) => {
      const [, separator, list = "", attribute = "", field = ""] = joined.exec(inner) ?? [];
      if (separator !== undefined) {
        const blocks = objectsAt(attributesOf(list), attribute);
        return blocks.map((one) => textAt(one, field)).join(String(JSON.parse(separator)));
      }
      return insertOne(whole, inner);
    });
  const insertOne = (whole: string, inner: string): string => {
    const [, other = "", attribute = ""] = plain.exec(inner) ?? [];
    const value = textAt(attributesOf(other), attribute);
    if (value !== "") return value;
    throw new Error(
      other === ""
        ? `${address} needs ${whole}: only plain references can be followed without Terraform`
        : `${address} needs '${attribute}' of ${other}, which is not known`,
    );
  };
  const copy: Json = mapTexts(block, insert);
  return isObject(copy) ? copy : {};
}
