/** A rule of the protocol and the lines that keep it, with what stands there when the rule is taken out. */
export interface RemovedRule {
  /** Number of the rule in docs, and which part of it. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly kept: string;
  readonly removed: string;
}

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
        kept: "opened.verifiedAt < asked - freshMilliseconds",
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
        kept: "if (isLogged && known.request === one.request) {",
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
  {
    name: "closing: nothing comes after the final entry",
    edits: [
      {
        file: "app/catalog/person/commands.ts",
        kept: "if (user.closedAt !== null)",
        removed: "if (false)",
      },
    ],
  },
  {
    name: "directory: an address is one member's",
    edits: [
      {
        file: "app/catalog/organisation/commands.ts",
        kept: ".filter((holder) => holder.userId !== userId)",
        removed: ".filter(() => false)",
      },
    ],
  },
  {
    name: "undo: what was changed since stays",
    edits: [
      {
        file: "app/catalog/person/unchanged-row.ts",
        kept: "if (name === undefined) return;",
        removed: "if (name === undefined || key !== null) return;",
      },
    ],
  },
  {
    name: "undo: what an entry did is told by all entries before it",
    edits: [
      {
        file: "app/catalog/history/touched-rows.ts",
        kept: "upTo: sequence - 1,",
        removed: "upTo: sequence - 2,",
      },
    ],
  },
  {
    name: "16: entries are redacted",
    edits: [
      {
        file: "app/catalog/history/redact-log.ts",
        kept: "if (await redactEntry(",
        removed: "if (entries < 0 && await redactEntry(",
      },
    ],
  },
  {
    name: "16: snapshots older than a purge are dropped",
    edits: [
      {
        file: "app/catalog/history/redact-purged.ts",
        kept: "await dropSnapshotsBefore(store, owner, lastPurge, isDryRun)",
        removed: "await dropSnapshotsBefore(store, owner, lastPurge, true)",
      },
    ],
  },
  {
    name: "16: of every format",
    edits: [
      {
        file: "app/catalog/protocol/snapshots.ts",
        kept: 'if (Number(name.split("/").at(-1)) >= sequence) continue;',
        removed:
          'newest ??= name.split("/").at(-2);\n' +
          '    if (Number(name.split("/").at(-1)) >= sequence || name.split("/").at(-2) !== newest) continue;',
      },
      {
        file: "app/catalog/protocol/snapshots.ts",
        kept: "let count = 0;",
        removed: "let count = 0;\n  let newest: string | undefined;",
      },
    ],
  },
  {
    name: "8: a copy is called by the moment that it holds itself",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "await snapshots.keep(position.sequence, bytes);",
        removed: "await snapshots.keep(opened.view.position.sequence, bytes);",
      },
    ],
  },
  {
    name: "16: segments that tell are made anew",
    edits: [
      {
        file: "app/catalog/history/redact-log.ts",
        kept: "told.add(segments.firstOf(sequence));",
        removed: "",
      },
    ],
  },
  {
    name: "16: a copy is put only in place of what was there before it was begun",
    edits: [
      {
        file: "app/catalog/protocol/segments.ts",
        kept: "const condition = before === undefined ? { ifAbsent: true } : { ifGeneration: before };",
        removed: "const condition = {}; void before;",
      },
      // What would find it afterwards.
      {
        file: "app/catalog/history/redact-log.ts",
        kept: "&& there.get(first) === before;",
        removed: ";",
      },
    ],
  },
  {
    name: "17: the mark follows what was published",
    edits: [
      {
        file: "app/catalog/outbox/publish-outbox.ts",
        kept: "await publish(events.slice(first, first + mostAtOnce));",
        removed: "await publish(events.slice(first, first + mostAtOnce)).catch(() => undefined);",
      },
    ],
  },
  {
    name: "15: a rebuild reads segments",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "for await (const run of this.parts.segments.after(0)) await this.#apply(opened, run);",
        removed: "",
      },
    ],
  },
];
