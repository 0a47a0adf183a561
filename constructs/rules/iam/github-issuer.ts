import type { SynthesizedBlock } from "../synthesized-stack.ts";

/** Whether a provider of a workload identity pool takes the tokens of GitHub Actions. */
export function isGithub(at: SynthesizedBlock): boolean {
  return at.text("oidc.issuer_uri")?.startsWith("https://token.actions.githubusercontent.com") ?? false;
}
