import { removedHistoryRules } from "./removed-history-rules.ts";
import type { RemovedRule } from "./removed-rule.ts";

/**
 * How the simulation runs without a rule: the source is read with these lines changed. So the service itself has no
 * switch that could be left in the wrong position.
 */
export const removedRules: readonly RemovedRule[] = [
  {
    name: "1: the slot decides",
    edits: [{ file: "app/catalog/protocol/log.ts", kept: "ifAbsent: true,", removed: "" }],
  },
  {
    name: "2: the id in the slot tells whose entry it is",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "return found.id === entry.id ? undefined : takenAt;",
        removed: "return undefined;",
      },
    ],
  },
  {
    name: "2: what got no answer is unknown, not failed",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "throw new CommitOutcomeUnknownError({ cause: unanswered });",
        removed: "throw new CommitFailedError({ cause: unanswered });",
      },
    ],
  },
  {
    name: "3: the key is in the view and checked",
    edits: [
      {
        file: "app/catalog/protocol/batch.ts",
        kept: "if (known !== undefined && Date.parse(known.at)",
        removed: "if (false && Date.parse(known.at)",
      },
    ],
  },
  {
    name: "4: a refusal only after catching up",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "await this.#catalog.verify(opened, decidedSince);",
        removed: "",
      },
    ],
  },
  {
    name: "4: a refusal only by a state that is no older than the question",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "return open.every(({ submittedAt }) => submittedAt <= opened.verifiedAt);",
        removed: "return true;",
      },
    ],
  },
  {
    name: "5: put, then apply",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "const lostAt = await this.#write(entry, opened);",
        removed:
          "await this.#catalog.applyOwn(opened, entry, since); const lostAt = await this.#write(entry, opened);",
      },
    ],
  },
  {
    name: "6: only what follows without a gap is applied",
    edits: [
      {
        file: "app/catalog/protocol/log.ts",
        kept: "(end === -1 ? entries : entries.slice(0, end))",
        removed: "entries",
      },
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "if (entries[0]?.seq !== reached + 1)",
        removed: "if (false)",
      },
    ],
  },
  {
    name: "6: freshness counts from before the read",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "this.onFollowed(entry);\n    }\n    opened.verifiedAt = Math.max(opened.verifiedAt, since);",
        removed: "this.onFollowed(entry);\n    }\n    opened.verifiedAt = this.parts.surroundings.elapsed();",
      },
    ],
  },
  {
    name: "7: an answer is at most a second old",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "opened.verifiedAt < asked - behindMilliseconds",
        removed: "false",
      },
    ],
  },
  {
    name: "7: an answer has the write that its token names",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "opened.view.position.sequence < sequence ||",
        removed: "",
      },
    ],
  },
  {
    name: "8: a damaged snapshot is passed over",
    edits: [
      {
        file: "app/catalog/protocol/snapshots.ts",
        kept: "if (error instanceof ObjectDamagedError) return undefined;",
        removed: "",
      },
    ],
  },
  {
    name: "9: no writer is older than the deletion of a log waits",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "if (opened.verifiedAt < since - commitLimits.writerFreshMilliseconds)",
        removed: "if (opened.verifiedAt > since)",
      },
      // After a night this alone would do: the simulation knows no shorter time than that.
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "if (this.#isComparable(opened)) return opened;",
        removed: "return opened;",
      },
    ],
  },
  {
    name: "10: a view in doubt is thrown away",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: 'notify({ kind: "view-discarded"',
        removed: 'return; notify({ kind: "view-discarded"',
      },
    ],
  },
  {
    name: "11: batch-mates see each other's effects",
    edits: [{ file: "app/catalog/protocol/batch.ts", kept: "draft.changes.append(changes);", removed: "" }],
  },
  {
    name: "12: a key binds its request",
    edits: [
      {
        file: "app/catalog/protocol/batch.ts",
        kept: "if (isLogged && isSameRequest(known, one)) {",
        removed: "if (isLogged) {",
      },
    ],
  },
  {
    name: "12: the entries' own time never goes back",
    edits: [
      {
        file: "app/catalog/protocol/batch.ts",
        kept: "const now = Math.max(draft.base.at, surroundings.now());",
        removed: "const now = surroundings.now();",
      },
    ],
  },
  {
    name: "12: a key is forgotten after a day",
    edits: [
      {
        file: "app/catalog/protocol/batch.ts",
        kept: "Date.parse(known.at) >= now - keyLifetimeMilliseconds",
        removed: "now > 0",
      },
    ],
  },
  {
    name: "13: a token above the head is refused",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "if (reached < sequence) {",
        removed: "if (false) {",
      },
    ],
  },
  {
    name: "13: a token of another catalog is refused",
    edits: [
      {
        file: "app/catalog/token.ts",
        kept: "if (match[1] !== userId)",
        removed: "if (false)",
      },
    ],
  },
  {
    name: "14: what a release writes the one before it reads",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "version: entryVersions.written,",
        removed: "version: entryVersions.newestReadable, needs: [],",
      },
    ],
  },
  {
    name: "14: entries of the next release are read",
    edits: [
      {
        file: "app/catalog/protocol/entry.ts",
        kept: "if (Number(version) > entryVersions.newestReadable)",
        removed: "if (Number(version) > entryVersions.written)",
      },
    ],
  },
  {
    name: "14: what cannot be read is not the end of the log",
    edits: [
      {
        file: "app/catalog/protocol/log.ts",
        kept: "if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) {",
        removed:
          'if (error instanceof Error && "code" in error && error.code === "newer-entry") return undefined;\n' +
          "      if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) {",
      },
    ],
  },
  {
    name: "14: what cannot be read is not passed over",
    edits: [
      {
        file: "app/catalog/protocol/log.ts",
        kept: "if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) {",
        removed:
          'if (error instanceof Error && "code" in error && error.code === "newer-entry")\n' +
          '        return { version: 1, seq: sequence, id: "", by: "", at: "2026-11-23T08:00:00.000Z", commands: [] };\n' +
          "      if (error instanceof ObjectDamagedError || error instanceof DamagedEntryError) {",
      },
    ],
  },
  ...removedHistoryRules,
];
