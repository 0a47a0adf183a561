import type { FastifyInstance } from "fastify";

/**
 * Remembers which methods each path takes, so that a known path that is asked with another method is answered
 * 405 with `Allow`, and not as if it were not there. Asked only when nothing matched.
 *
 * @returns the methods that a path takes, in alphabetical order; none for an unknown path
 */
export function rememberMethods(server: FastifyInstance): (path: string) => string[] {
  const methodsOf = new Map<string, Set<string>>();

  server.addHook("onRoute", ({ url, method }) => {
    const known = methodsOf.get(url) ?? new Set();
    methodsOf.set(url, known);
    for (const one of [method].flat()) known.add(one);
    // Whoever answers GET answers HEAD.
    if (known.has("GET")) known.add("HEAD");
  });

  return (path) => {
    const taken = [...methodsOf].flatMap(([url, methods]) => (patternOf(url).test(path) ? [...methods] : []));
    return [...new Set(taken)].toSorted();
  };
}

function patternOf(url: string): RegExp {
  const source = url
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part === "*" ? ".*" : part.replaceAll(".", "\\.")))
    .join("/");
  return new RegExp(`^${source}$`);
}
