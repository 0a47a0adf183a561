import sax from "sax";
import type { Caption } from "./caption.ts";

const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const dublinCore = "http://purl.org/dc/elements/1.1/";

/** Far more than any program writes. */
const deepest = 64;
const mostAttributes = 5000;

/** Of one value; what is recorded is shorter. */
const mostCharacters = 20_000;

interface Text {
  value: string;
  readonly isDefault: boolean;
}

/**
 * Reads title and description (Dublin Core) from an XMP packet, which is RDF in XML. Both are alternatives by
 * language, of which `x-default` is taken, else the first. No entities but XML's own five and those of numbers mean
 * anything here, so nothing can expand. Never throws: what comes before a fault counts.
 *
 * Source: ISO 16684-1 (XMP specification part 1), "Language alternative" and "Dublin Core namespace".
 */
export function readXmpTexts(packet: string): Caption {
  // oxlint-disable-next-line import/no-named-as-default-member -- Node finds no named exports in its CommonJS
  const parser = sax.parser(true, { position: false });
  const found = new Map<string, Text>();
  /** Of the whole packet: nobody gives one prefix two meanings in it. */
  const namespaces = new Map<string, string>();
  let depth = 0;
  let attributes = 0;
  let property: { readonly name: string; readonly depth: number } | undefined;
  let text: Text | undefined;

  function is(name: string, namespace: string, ...locals: readonly string[]): string | undefined {
    const [prefix = "", local = ""] = name.split(":", 2);
    return namespaces.get(prefix) === namespace && locals.includes(local) ? local : undefined;
  }

  function keep(name: string, candidate: Text): void {
    if (candidate.value.trim() === "") return;
    const known = found.get(name);
    if (known === undefined || (candidate.isDefault && !known.isDefault)) found.set(name, candidate);
  }

  function append(more: string): void {
    if (text !== undefined) text.value += more.slice(0, Math.max(0, mostCharacters - text.value.length));
  }

  const handlers: Partial<sax.SAXParser> = {
    onerror: (error) => {
      throw error;
    },
    onattribute: ({ name, value }) => {
      attributes += 1;
      if (attributes > mostAttributes) throw new Error("more attributes than any program writes");
      if (name.startsWith("xmlns:")) namespaces.set(name.slice("xmlns:".length), value);
    },
    onopentag: ({ name, attributes: own }) => {
      depth += 1;
      if (depth > deepest) throw new Error("nested deeper than any program does");
      if (property !== undefined) {
        if (is(name, rdf, "li") === undefined) return;
        text = { value: "", isDefault: textOf(own["xml:lang"]).toLowerCase() === "x-default" };
        return;
      }
      const opened = is(name, dublinCore, "title", "description");
      if (opened !== undefined) {
        property = { name: opened, depth };
        // Some write the text itself, without alternatives around it.
        text = { value: "", isDefault: false };
      } else if (is(name, rdf, "Description") !== undefined) {
        for (const [key, value] of Object.entries(own)) {
          const attribute = is(key, dublinCore, "title", "description");
          if (attribute !== undefined)
            keep(attribute, { value: textOf(value).slice(0, mostCharacters), isDefault: false });
        }
      }
    },
    ontext: append,
    oncdata: append,
    onclosetag: (name) => {
      depth -= 1;
      if (property === undefined) return;
      const isEnd = depth < property.depth;
      if (text !== undefined && (isEnd || is(name, rdf, "li") !== undefined)) {
        keep(property.name, text);
        text = undefined;
      }
      if (isEnd) property = undefined;
    },
  };
  Object.assign(parser, handlers);
  try {
    parser.write(packet).close();
  } catch {
    // No XML any more, or an attack.
  }
  return { title: found.get("title")?.value ?? null, description: found.get("description")?.value ?? null };
}

function textOf(value: string | sax.QualifiedAttribute | undefined): string {
  return typeof value === "string" ? value : (value?.value ?? "");
}
