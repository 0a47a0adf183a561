/** Why a rehearsal cannot begin: one line, with the remedy. Nothing was tried and nothing failed. */
export class CannotBegin extends Error {
  override readonly name = "CannotBegin";
}
