import { RefusalError } from "../protocol/model.ts";

export class EntryNotFoundError extends RefusalError {
  readonly code = "entry-not-found";
  readonly sequence: number;

  constructor(sequence: number) {
    super(`no entry ${sequence} in this catalog: its activity says which there are`);
    this.sequence = sequence;
  }
}

/** What the entry did is not what there is now: something later rests on it, or has replaced it. */
export class EntryOvertakenError extends RefusalError {
  readonly code = "entry-overtaken";
  readonly sequence: number;
  /** Key of the record that stands in the way. */
  readonly recordId: string;

  constructor(sequence: number, recordId: string, reason: string) {
    super(`entry ${sequence} cannot be undone any more: ${reason}; undo what came later first`);
    this.sequence = sequence;
    this.recordId = recordId;
  }
}

export class EntryNotUndoableError extends RefusalError {
  readonly code = "entry-not-undoable";
  readonly sequence: number;

  constructor(sequence: number) {
    super(
      `entry ${sequence} did nothing that can be undone: sign-ins, uploads, made pictures, quotas, shares that ended ` +
        `and what was deleted for good stay as they are`,
    );
    this.sequence = sequence;
  }
}
