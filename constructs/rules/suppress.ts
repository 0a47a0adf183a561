import type { IConstruct } from "constructs";

/** An exception from one rule, for one construct and all that is inside it. */
export interface Suppression {
  readonly ruleId: string;
  readonly reason: string;
  readonly scope: IConstruct;
}

const metadataType = "imgstream/rules/suppression";
const shortestReason = 20;

/**
 * Excepts a construct, and all that is inside it, from one rule. Belongs beside what it excepts. A suppression
 * that excepts nothing, or that names a rule which does not run, is itself reported at synthesis.
 *
 * @param scope the construct that breaks the rule on purpose
 * @param ruleId the rule's id, as its message and constructs/rules/README.md name it
 * @param reason why it is right here, for the person who reviews it; at least 20 characters
 * @throws when the reason is too short to be one
 *
 * @example
 * suppress(sharesBucket, "load-balancer-agent", "Shares are stripped copies that anyone with the link may see.");
 */
export function suppress(scope: IConstruct, ruleId: string, reason: string): void {
  if (reason.trim().length < shortestReason) {
    throw new Error(
      `A suppression of rule '${ruleId}' at '${scope.node.path}' needs a reason of at least ${shortestReason} ` +
        `characters, got ${JSON.stringify(reason)}: write why the rule does not apply to this construct`,
    );
  }
  scope.node.addMetadata(metadataType, { ruleId, reason: reason.trim() });
}

/** Every suppression at or inside a construct. */
export function findSuppressions(root: IConstruct): readonly Suppression[] {
  return root.node.findAll().flatMap((scope) =>
    scope.node.metadata
      .filter(({ type }) => type === metadataType)
      .map(({ data }: { readonly data: { readonly ruleId: string; readonly reason: string } }) => ({
        ruleId: data.ruleId,
        reason: data.reason,
        scope,
      })),
  );
}
