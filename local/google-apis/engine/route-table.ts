import type { ApiShape, MethodShape } from "../discovery/shape.ts";

export interface Route {
  readonly shape: ApiShape;
  readonly methodId: string;
  readonly method: MethodShape;
  /** Parameters of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly shape: ApiShape;
  readonly methodId: string;
  readonly method: MethodShape;
  readonly names: readonly string[];
  readonly expression: RegExp;
  /** Characters that stand literally in the template: the more there are, the more exact the route. */
  readonly literal: number;
}

function unanchored(pattern: string): string {
  return pattern
    .replace(/^\^/, "")
    .replace(/\$$/, "")
    .replaceAll(/\((?!\?)/g, "(?:");
}

function compile(shape: ApiShape, methodId: string, method: MethodShape): Pattern {
  const names: string[] = [];
  let literal = 0;
  const source = method.path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const name = part.match(/^\{\+?([^}]+)\}$/)?.[1];
      if (name === undefined) {
        literal += part.length;
        return part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
      }
      names.push(name);
      const pattern = method.parameters[name]?.pattern;
      // A reserved expansion keeps its slashes; any other parameter is one segment, however it is encoded.
      if (!part.startsWith("{+") || pattern === undefined) return "([^/]+)";
      literal += pattern.match(/[A-Za-z]/g)?.length ?? 0;
      return pattern === "^.*$" ? "(.+)" : `(${unanchored(pattern)})`;
    })
    .join("");
  return { shape, methodId, method, names, expression: new RegExp(`^${source}$`), literal };
}

/**
 * Finds the method that a request means, by the templates of the Discovery documents (`path` with its patterns) on the
 * raw path: a slash inside a name stays encoded until the route is known.
 */
export class RouteTable {
  readonly #patterns: readonly Pattern[];

  constructor(shapes: readonly ApiShape[]) {
    this.#patterns = shapes
      .flatMap((shape) => Object.entries(shape.methods).map(([id, method]) => compile(shape, id, method)))
      .toSorted((one, other) => other.literal - one.literal);
  }

  /** `rawPath` begins with the API's name: `/run/v2/projects/…`. A doubled version (`/v1/v1/`) counts once. */
  find(verb: string, rawPath: string): Route | undefined {
    const [, api = "", rest = ""] = rawPath.match(/^\/([a-z]+)\/(.*)$/) ?? [];
    const path = rest
      .replace(/^(v\d+)\/(?=\1(?:\/|$))/, "")
      .replaceAll("%3A", ":")
      .replace(/\/$/, "");
    for (const { expression, names, method, methodId, shape } of this.#patterns) {
      if (shape.api !== api || method.verb !== verb) continue;
      const found = expression.exec(path);
      if (found === null) continue;
      const values = names.map((name, index) => [name, decode(found[index + 1] ?? "")] as const);
      return { shape, methodId, method, parameters: Object.fromEntries(values) };
    }
    return undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
