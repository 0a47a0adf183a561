import type { FastifyInstance } from "fastify";

/**
 * Remembers which methods each path takes, so that a known path that is asked with another method is answered
 * 405 with `Allow`, and not as if it were not there. Asked only when nothing matched.
 *
 * @returns the methods that a path takes, in alphabetical order; none for an unknown path
 */
export function rememberMethods(server: FastifyInstance): (path: string) => string[] {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  server.addHook("onRoute", ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    routes.set(url, known);
    for (const one of [method].flat()) known.methods.add(one);
  });

  return (path) => {
    const methods = new Set<string>();
    for (const route of routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].toSorted();
  };
}

function patternOf(url: string): RegExp {
  const source = url
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part === "*" ? ".*" : part.replaceAll(".", "\\.")))
    .join("/");
  return new RegExp(`^${source}$`);
}
