export { allRules, rulesBySubject } from "./all-rules.ts";
export { Block, type Json, type JsonObject } from "./block.ts";
export { checkRules } from "./check-rules.ts";
export { findGrants, type Grant } from "./grants.ts";
export type { Breach, Rule } from "./rule.ts";
export { describeViolation, findViolations, RulePack, type Violation } from "./rule-pack.ts";
export { dataHolders, describeHeldData } from "./storage/data-holders.ts";
export { findSuppressions, suppress, type Suppression } from "./suppress.ts";
export { SynthesizedBlock, SynthesizedStack } from "./synthesized-stack.ts";
