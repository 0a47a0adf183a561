/** The command that prints a repository's number and its owner's, as a sentence has it. */
export function numbersCommand(repositoryName: string): string {
  return `\`gh api repos/${repositoryName} --jq '.id, .owner.id'\``;
}
