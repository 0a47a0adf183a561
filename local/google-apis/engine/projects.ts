/** A project that exists before anything is deployed. */
export interface Project {
  readonly projectId: string;
  readonly projectNumber: string;
}

/** The projects of the stand-in. Google takes a project's number wherever it takes its id. */
export class Projects {
  readonly #projects: readonly Project[];

  constructor(projects: readonly Project[]) {
    this.#projects = projects;
  }

  find(idOrNumber: string): Project | undefined {
    return this.#projects.find(
      ({ projectId, projectNumber }) => projectId === idOrNumber || projectNumber === idOrNumber,
    );
  }

  all(): readonly Project[] {
    return this.#projects;
  }

  /** `projects/NUMBER/…` as `projects/ID/…`; other names stay as they are. */
  withId(name: string): string {
    return name.replace(/(^|\/)projects\/([^/]+)/, (whole, before: string, project: string) => {
      const known = this.find(project);
      return known === undefined ? whole : `${before}projects/${known.projectId}`;
    });
  }

  /** `projects/ID/…` as `projects/NUMBER/…`, as some APIs name their resources. */
  withNumber(name: string): string {
    return name.replace(/(^|\/)projects\/([^/]+)/, (whole, before: string, project: string) => {
      const known = this.find(project);
      return known === undefined ? whole : `${before}projects/${known.projectNumber}`;
    });
  }

  /** The project that a name begins with; undefined where it names none that exists. */
  of(name: string): Project | undefined {
    const id = name.match(/(?:^|\/)projects\/([^/:]+)/)?.[1];
    return id === undefined ? undefined : this.find(id);
  }
}
