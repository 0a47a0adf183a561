import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json, objectAt, textAt, textsAt } from "../google-apis/engine/json.ts";
import type { Facts } from "./stage.ts";

/** What the synthesised stacks say of an environment: its project, number and domain. @throws Error if there is none */
export function readFacts(outdir: string, environment: string): Facts {
  const stack = readStack(outdir, environment);
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

export function readStack(outdir: string, stack: string): Json {
  const file = join(outdir, "stacks", stack, "cdk.tf.json");
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`there is no stack '${stack}': dev, staging and production can be rehearsed`, { cause });
  }
}

/** Notification channels that the stack names and does not make: somebody made them by hand, with a pager's secret. */
export function handmadeChannels(outdir: string, { environment, project }: Facts): string[] {
  const text = JSON.stringify(readStack(outdir, environment));
  const names = text.match(new RegExp(`projects/${project.projectId}/notificationChannels/\\d+`, "g"));
  return [...new Set(names)];
}
