import { Block, isJsonObject, type JsonObject } from "./block.ts";
import type { SynthesizedBlock, SynthesizedStack } from "./synthesized-stack.ts";

/** One principal holding one role on one thing, however Terraform spells it. */
export interface Grant {
  readonly at: SynthesizedBlock;
  readonly role: string;
  /** `serviceAccount:…`, `group:…`, `allUsers`; the entity of an old access list as it is written there. */
  readonly member: string;
}

function parsePolicy(text: string): JsonObject {
  if (!text.startsWith("{")) return {};
  const parsed: unknown = JSON.parse(text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse gives is Json by definition
  return isJsonObject(parsed as JsonObject) ? (parsed as JsonObject) : {};
}

/** The bindings of an authoritative policy: a literal one, or the `google_iam_policy` that it refers to. */
function findPolicyBindings(stack: SynthesizedStack, policy: SynthesizedBlock): readonly Block[] {
  const literal = policy
    .texts("policy_data")
    .flatMap((text) => new Block(parsePolicy(text)).blocks("bindings"));
  const referred = stack.referred(policy, "policy_data").flatMap((data) => data.blocks("binding"));
  return [...literal, ...referred];
}

/** Every grant that a stack makes: IAM members, bindings and policies, and the old access lists. */
export function findGrants(stack: SynthesizedStack): readonly Grant[] {
  const members = stack.resources(/_iam_(member|binding)$/).flatMap((at) =>
    [...at.texts("member"), ...at.texts("members")].map((member) => ({
      at,
      role: at.text("role") ?? "",
      member,
    })),
  );
  const policies = stack
    .resources(/_iam_policy$/)
    .flatMap((at) =>
      findPolicyBindings(stack, at).flatMap((binding) =>
        binding.texts("members").map((member) => ({ at, role: binding.text("role") ?? "", member })),
      ),
    );
  const accessLists = stack
    .resources(
      "google_storage_bucket_access_control",
      "google_storage_default_object_access_control",
      "google_storage_object_access_control",
    )
    .map((at) => ({ at, role: at.text("role") ?? "", member: at.text("entity") ?? "" }));
  const roleEntities = stack
    .resources("google_storage_bucket_acl", "google_storage_default_object_acl", "google_storage_object_acl")
    .flatMap((at) =>
      at.texts("role_entity").map((text) => {
        const [role = "", member = ""] = text.split(":");
        return { at, role, member };
      }),
    );
  const datasetAccess = stack
    .resources("google_bigquery_dataset", "google_bigquery_dataset_access")
    .flatMap((at) => {
      const entries = at.type === "google_bigquery_dataset" ? at.blocks("access") : [at];
      return entries.flatMap((entry) =>
        [...entry.texts("special_group"), ...entry.texts("iam_member")].map((member) => ({
          at,
          role: entry.text("role") ?? "",
          member,
        })),
      );
    });
  return [...members, ...policies, ...accessLists, ...roleEntities, ...datasetAccess];
}
