/** What the guard reads of `terraform show -json PLAN`: https://developer.hashicorp.com/terraform/internals/json-format */
export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** The Google project that the provider is told, where the configuration writes it. */
  readonly projectId?: string;
}

export interface ResourceChange {
  readonly address: string;
  readonly type: string;
  /** `["delete"]`, `["delete", "create"]`, `["create", "delete"]`, `["forget"]`, and what destroys nothing. */
  readonly actions: readonly string[];
  /** Set for what is left over of an earlier replacement. */
  readonly deposed?: string;
  /** The arguments that force a replacement: `location`, `node_config.machine_type`. */
  readonly replacedBy: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  let found = value;
  for (const name of path) found = isFields(found) ? found[name] : undefined;
  return isFields(found) ? found : {};
}

function textAt(value: unknown, name: string): string | undefined {
  const text = isFields(value) ? value[name] : undefined;
  return typeof text === "string" ? text : undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = isFields(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
}

function readChange(value: unknown): ResourceChange {
  const address = textAt(value, "address");
  const type = textAt(value, "type");
  const change = fieldsAt(value, "change");
  const actions = listAt(change, "actions").filter((action) => typeof action === "string");
  if (address === undefined || type === undefined || actions.length === 0) {
    throw new Error(
      "The plan has a resource change without address, type or actions: make it with 'terraform show -json'",
    );
  }
  const deposed = textAt(value, "deposed");
  const replacedBy = listAt(change, "replace_paths").map((path) =>
    Array.isArray(path) ? path.join(".") : String(path),
  );
  return { address, type, actions, replacedBy, ...(deposed !== undefined && { deposed }) };
}

/** The constant project of any Google provider of the configuration. */
function findProject(plan: Fields): string | undefined {
  const providers = Object.values(fieldsAt(plan, "configuration", "provider_config"));
  return providers
    .filter(
      (provider) =>
        textAt(provider, "name") === "google" || textAt(provider, "full_name")?.endsWith("/google"),
    )
    .map((provider) => textAt(fieldsAt(provider, "expressions", "project"), "constant_value"))
    .find((project) => project !== undefined);
}

/**
 * Reads a plan.
 *
 * @param text what `terraform show -json PLAN` printed
 * @throws when it is no plan, or one that failed or is unfinished: nothing can be said about those
 */
export function readPlan(text: string): Plan {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (cause) {
    throw new Error("The plan is not JSON: write it with 'terraform show -json PLAN > plan.json'", { cause });
  }
  const version = textAt(plan, "format_version");
  if (!isFields(plan) || version === undefined || !("resource_changes" in plan || "planned_values" in plan)) {
    throw new Error(
      "The file is no plan of Terraform: write it with 'terraform show -json PLAN > plan.json'",
    );
  }
  if (!version.startsWith("1.")) {
    throw new Error(
      `The plan has format_version ${version}, and the guard knows 1.x: use Terraform 1.5 to 1.x`,
    );
  }
  if (plan["errored"] === true || plan["complete"] === false) {
    throw new Error(
      "The plan failed or is unfinished: what would be destroyed is not known. Mend it and plan again",
    );
  }
  const projectId = findProject(plan);
  return {
    changes: listAt(plan, "resource_changes").map(readChange),
    ...(projectId !== undefined && { projectId }),
  };
}
