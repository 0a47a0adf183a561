import { Tokenization } from "cdktf";
import type { ResolveOptions } from "cdktf";
import { Construct } from "constructs";

/** Everything that cdktf writes into a text for a token: of a text, list or map, of a number, of a map's value. */
const tokenMark = /TfToken\[|\de\+\d|Map Token Value/;

/** Somewhat less than the depth at which cdktf says that something contains itself. */
const greatestDepth = 190;

/**
 * Has cdktf resolve only what may hold a token, a tenth of a synthesis: it resolves every text and key of a stack
 * twice, with some regular expressions and objects each, and hardly any of them holds one. What it resolves to is
 * the same; what is no plain value is left to it,
 * and its errors name the place within that. Its one door to this is public, and replaced here.
 */
export function resolveQuickly(): void {
  const thorough = Tokenization.resolve.bind(Tokenization);
  Tokenization.resolve = (value: unknown, options) => resolve(value, options, thorough, 0);
}

type Resolution = (value: unknown, options: ResolveOptions) => unknown;

function resolve(value: unknown, options: ResolveOptions, thorough: Resolution, depth: number): unknown {
  if (typeof value === "string") return tokenMark.test(value) ? thorough(value, options) : value;
  if (typeof value === "boolean" || value === null || value === undefined) return value;
  if (depth > greatestDepth || !isPlain(value)) return thorough(value, options);
  if (Array.isArray(value)) {
    return value
      .map((item) => resolve(item, options, thorough, depth + 1))
      .filter((item) => item !== undefined);
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const content = resolve(item, options, thorough, depth + 1);
    if (content !== undefined) resolved[name] = content;
  }
  return resolved;
}

/** Whether a list or an object stands for itself: a token of either is one whole. */
function isPlain(value: unknown): value is object {
  if (Array.isArray(value)) {
    return value.every(
      (item) => typeof item !== "number" && !(typeof item === "string" && tokenMark.test(item)),
    );
  }
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Date) &&
    !Tokenization.isResolvable(value) &&
    !Construct.isConstruct(value) &&
    Object.keys(value).every((name) => !tokenMark.test(name))
  );
}
