import type { JsonObject } from "./json.ts";

/** One resource that was made: what its kind keeps of it. */
export interface Resource {
  readonly api: string;
  /** The Discovery id of its collection: `run.projects.locations.services`. */
  readonly collection: string;
  /** Relative name with the project's id in it: `projects/imgstream-dev/locations/…/services/web`. */
  readonly name: string;
  /** As the API keeps it; what is answered may add to it. */
  body: JsonObject;
}

/** Everything that the stand-in holds, in memory, in the order in which it was made. */
export class State {
  readonly #resources = new Map<string, Resource>();

  get(api: string, name: string): Resource | undefined {
    return this.#resources.get(`${api}/${name}`);
  }

  put(resource: Resource): Resource {
    this.#resources.set(`${resource.api}/${resource.name}`, resource);
    return resource;
  }

  remove(api: string, name: string): void {
    this.#resources.delete(`${api}/${name}`);
  }

  /** All resources, of one API, or of one collection. */
  all(filter: { readonly api?: string; readonly collection?: string } = {}): Resource[] {
    return [...this.#resources.values()].filter(
      ({ api, collection }) =>
        (filter.api === undefined || filter.api === api) &&
        (filter.collection === undefined || filter.collection === collection),
    );
  }

  /** What lives under a resource's name, deeper levels included. */
  below(api: string, name: string): Resource[] {
    return this.all({ api }).filter((resource) => resource.name.startsWith(`${name}/`));
  }
}
