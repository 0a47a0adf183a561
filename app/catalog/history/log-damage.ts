import type { NewerEntryError } from "../protocol/entry.ts";
import type { DamagedLogError } from "../protocol/log.ts";
import type { CopiedPosition } from "./copied-position.ts";
import type { Damage } from "./damage.ts";
import type { KnownPosition } from "./known-position.ts";

/** @param copied what a view begins with, which reads no entry up to there; undefined where none gets so far */
export function damagedEntry(
  { owner, sequence, objectName, cause }: DamagedLogError,
  copied: CopiedPosition | undefined,
): Damage {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  const put = `put an older version of '${objectName}' back, or the one of a backup`;
  return {
    owner,
    kind: "damaged",
    sequence,
    problem: `entry ${sequence} is not what was written${reason}`,
    remedy: until(put, copied, sequence, sequence) ?? `${put}; until then this catalog serves nobody`,
  };
}

export function newerEntry(owner: string, { sequence, message }: NewerEntryError): Damage {
  return {
    owner,
    kind: "newer",
    sequence,
    problem: message,
    remedy: "run this command of the release that wrote it, or of the one before that",
  };
}

/** @param copied as for damagedEntry */
export function missingEntries(
  owner: string,
  sequence: number,
  lastSequence: number,
  copied: CopiedPosition | undefined,
): Damage {
  const isOne = sequence === lastSequence;
  const put = `put ${isOne ? "it" : "them"} back from older versions or a backup`;
  const reached = Math.max(copied?.sequence ?? 0, sequence - 1);
  const end =
    reached === 0
      ? "this catalog seems empty, and no change is taken"
      : `this catalog seems to end with entry ${reached}: the next change takes number ${reached + 1}, or none is ` +
        `taken once entry ${reached} is an hour old`;
  return {
    owner,
    kind: "missing",
    sequence,
    ...(!isOne && { lastSequence }),
    problem: `${namesOf(sequence, lastSequence)} although later ones are there`,
    remedy: until(put, copied, sequence, lastSequence) ?? `${put}; until then ${end}`,
  };
}

/** @param copied as for damagedEntry */
export function lostEnd(
  owner: string,
  head: number,
  { sequence, witness, help }: KnownPosition,
  copied: CopiedPosition | undefined,
): Damage {
  const first = head + 1;
  const put = `put ${sequence === first ? "it" : "them"} back`;
  return {
    owner,
    kind: "missing",
    sequence: first,
    ...(sequence > first && { lastSequence: sequence }),
    problem: `${namesOf(first, sequence)} at the end of the log: ${witness} knows entry ${sequence}`,
    remedy:
      `${help === undefined ? put : `${help}; ${put}`} from older versions or a backup` +
      (copied === undefined ? "" : ` before this catalog is written to: ${nextAfter(head, copied)}`),
  };
}

export function stranger(owner: string, name: string): Damage {
  return {
    owner,
    kind: "stranger",
    sequence: null,
    problem: `'${name}' lies in the log and is no entry`,
    remedy: "find out who put it there and move it away; the app does not read it",
  };
}

function nextAfter(head: number, { sequence, copy }: CopiedPosition): string {
  if (sequence <= head) return `the next change may take number ${head + 1}`;
  const goesOn = `the service goes on from ${copy} of entry ${sequence}`;
  // Of a log that is gone as a whole.
  if (head === 0) return `${goesOn}, and takes no change once that entry is an hour old`;
  return `${goesOn}, and the next change takes number ${sequence + 1}`;
}

function namesOf(sequence: number, lastSequence: number): string {
  return sequence === lastSequence
    ? `entry ${sequence} is missing`
    : `entries ${sequence} to ${lastSequence} are missing`;
}

/** Where views do not come upon it, or do not get so far; else undefined. */
function until(
  put: string,
  copied: CopiedPosition | undefined,
  sequence: number,
  lastSequence: number,
): string | undefined {
  if (copied === undefined) return put;
  if (copied.sequence < lastSequence) return undefined;
  const there = sequence === lastSequence ? "it" : "them";
  return (
    `${put}; until then the service goes on from ${copied.copy} of entry ${copied.sequence}, and what goes through the ` +
    `log may stop at ${there}: undoing, what happened, redaction, publishing`
  );
}
