import type { SynthesisedStack } from "./plan-json.ts";

/** What each resource waits for, explicitly or by a reference. Address to addresses. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

export function graphOf({ resources }: SynthesisedStack): Graph {
  const addresses = new Set(resources.map(({ address }) => address));
  return new Map(
    resources.map(({ address, fields }) => {
      const words = JSON.stringify(fields).match(/\b(?:google|terraform)_[a-z0-9_]+\.[A-Za-z0-9_-]+/g) ?? [];
      return [address, new Set(words.filter((word) => addresses.has(word)))];
    }),
  );
}

/** The first cycle found, as the addresses along it; nothing if there is none. */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (address: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(address)) return [...path.slice(path.indexOf(address)), address];
    if (done.has(address)) return undefined;
    for (const next of graph.get(address) ?? []) {
      const cycle = visit(next, [...path, address]);
      if (cycle) return cycle;
    }
    done.add(address);
    return undefined;
  };
  for (const address of graph.keys()) {
    const cycle = visit(address, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Whether `later` is made after `earlier`, directly or through others. */
export function waitsFor(graph: Graph, later: string, earlier: string): boolean {
  const seen = new Set<string>();
  const queue = [later];
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    for (const next of graph.get(address) ?? []) {
      if (next === earlier) return true;
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return false;
}
