import { environmentOf, isBootstrap } from "./request.ts";

/**
 * Why these stacks must not be destroyed yet.
 *
 * @throws Error with the steps that lead there
 */
export function refuseUnlessRetired(stacks: readonly string[]): void {
  const kept = stacks.find((stack) => environmentOf(stack)?.retire !== true);
  if (kept === undefined) return;
  const name = environmentOf(kept)?.name ?? kept;
  throw new Error(
    `'${kept}' is not being left: write 'retire: true' and 'deletionProtection: false' in environments/${name}.ts, ` +
      `run npm run deploy -- ${kept}, which takes the protections away, and then this again`,
  );
}

/** What Google keeps after a stack is destroyed, each with how long or how to end it. */
export function describeWhatStays(stack: string): readonly string[] {
  const environment = environmentOf(stack);
  if (environment === undefined) return [];
  const { project, auditLog, stateBucket } = environment;
  if (!isBootstrap(stack)) {
    return [
      `Everything of bootstrap-${environment.name}: APIs, accounts, audit log, state. Destroy that stack next, or keep it.`,
      `The log bucket _Default of ${project.id}, with what was logged: Google deletes it with the project.`,
      "What the caches of browsers and the edge still hold, for an hour at most.",
    ];
  }
  return [
    `The APIs of ${project.id} stay enabled: something else may use them.`,
    "The ids of the workload identity pool 'github' and of the custom roles are blocked for 30 days and longer.",
    ...(auditLog.locked
      ? [
          `gs://${project.id}-logs stays until its last entry is ${auditLog.retentionDays} days old: its retention is locked. ` +
            `Before the destroy, run: terraform -chdir=cdktf.out/stacks/${stack} state list | grep audit_logs_bucket | ` +
            `xargs terraform -chdir=cdktf.out/stacks/${stack} state rm`,
        ]
      : []),
    ...(environment.bootstrapState === "bucket"
      ? [
          `The state lies in gs://${stateBucket}, which goes: write bootstrapState: "local" and migrate it first.`,
        ]
      : []),
    `The project ${project.id} itself.`,
  ];
}
