import { isObject, objectAt, textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Project } from "../google-apis/engine/projects.ts";
import { readDeclaration } from "./declaration.ts";

/** What the synthesised stacks say about themselves. */
export interface Facts {
  readonly environment: string;
  readonly project: Project;
  readonly domain: string;
}

/** What the synthesised stacks say of an environment: its project, number and domain. @throws Error if there is none */
export function readFacts(outdir: string, environment: string): Facts {
  const stack = readDeclaration(outdir, environment);
  const [provider] = Object.values(objectAt(stack, "provider")).flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const projectId = textAt(provider, "project");
  const certificates = Object.values(objectAt(stack, "resource.google_compute_managed_ssl_certificate"));
  const [managed] = certificates.flatMap((certificate) => {
    const blocks = isObject(certificate) ? certificate["managed"] : undefined;
    return Array.isArray(blocks) ? blocks : [blocks];
  });
  const [domain = ""] = textsAt(managed, "domains");
  const number = /\/projects\/(\d+)\/global\/backendServices\//.exec(JSON.stringify(stack))?.[1] ?? "";
  if (projectId === "" || domain === "" || number === "") {
    throw new Error(`the stack '${environment}' in ${outdir} does not say its project, number and domain`);
  }
  return { environment, domain, project: { projectId, projectNumber: number } };
}

/** Notification channels that the stack names and does not make: somebody made them by hand, with a pager's secret. */
export function handmadeChannels(outdir: string, { environment, project }: Facts): string[] {
  const text = JSON.stringify(readDeclaration(outdir, environment));
  const names = text.match(new RegExp(`projects/${project.projectId}/notificationChannels/\\d+`, "g"));
  return [...new Set(names)];
}
