import { describeHeldData } from "../../constructs/rules/index.ts";
import type { Plan, ResourceChange } from "./plan.ts";

/** Something that a plan would destroy. */
export interface DestructiveChange {
  readonly address: string;
  readonly change: "destroyed" | "replaced" | "replaced, the new one first";
  /** The arguments whose change forces the replacement. */
  readonly because: readonly string[];
  /** What cannot be made again by an apply; absent when nothing. */
  readonly loses?: string;
}

/** Programs that Terraform runs: they hold nothing, and are replaced whenever they run again. */
const programs = new Set(["terraform_data", "null_resource"]);

/** `undefined` for what destroys nothing; "forget" leaves the thing where it is. */
function nameChange({ actions }: ResourceChange): DestructiveChange["change"] | undefined {
  switch (actions.join(",")) {
    case "delete":
      return "destroyed";
    case "delete,create":
      return "replaced";
    case "create,delete":
      return "replaced, the new one first";
    default:
      return undefined;
  }
}

/** What a plan would destroy, what holds data first, else in the order of the plan. */
export function findDestructiveChanges({ changes }: Plan): readonly DestructiveChange[] {
  const found = changes.flatMap((change): DestructiveChange[] => {
    const named = nameChange(change);
    if (named === undefined || programs.has(change.type)) return [];
    const loses = describeHeldData(change.type);
    return [
      {
        address:
          change.deposed === undefined ? change.address : `${change.address} (deposed ${change.deposed})`,
        change: named,
        because: change.replacedBy,
        ...(loses !== undefined && { loses }),
      },
    ];
  });
  return [
    ...found.filter(({ loses }) => loses !== undefined),
    ...found.filter(({ loses }) => loses === undefined),
  ];
}
