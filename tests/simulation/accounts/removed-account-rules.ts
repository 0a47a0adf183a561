import type { RemovedRule } from "../removed-rule.ts";

/** As removed-rules.ts, for what ends accounts and lets people begin anew. */
export const removedAccountRules: readonly RemovedRule[] = [
  {
    name: "the final entry comes before a sign-in leads elsewhere",
    edits: [
      {
        file: "app/users/accounts.ts",
        kept: "await catalog.execute(",
        removed: 'if (userId === "") await catalog.execute(',
      },
    ],
  },
  {
    name: "only a closed account's id is replaced",
    edits: [
      {
        file: "app/identity/people.ts",
        kept: "(present) => present === closedUserId",
        removed: "(present) => present !== ''",
      },
    ],
  },
  {
    name: "of several who replace an id one decides",
    edits: [
      {
        file: "app/identity/people.ts",
        kept: "{ ifGeneration: found.object.generation }",
        removed: "{}",
      },
    ],
  },
  {
    name: "of several who sign in first one decides",
    edits: [{ file: "app/identity/people.ts", kept: "{ ifAbsent: true }", removed: "{}" }],
  },
  {
    name: "an answer whose outcome is unknown is looked at",
    edits: [
      {
        file: "app/identity/people.ts",
        kept: "return userId;\n    } catch (error) {",
        removed:
          "return userId;\n    } catch (error) {\n      if (error instanceof OutcomeUnknownError) return userId;",
      },
    ],
  },
  {
    name: "who signs in to a closed account begins anew",
    edits: [
      {
        file: "app/users/accounts.ts",
        kept: "return await people.replace(subject, userId);",
        removed: "return userId;",
      },
    ],
  },
  {
    name: "nothing is deleted while a sign-in leads to it",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "if (identity !== undefined) {",
        removed: "if (false) {",
      },
    ],
  },
  {
    name: "nothing is deleted while a writer may be older than the closing",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "const due = closedAt === null ? 0 : Date.parse(closedAt) + closedGraceMilliseconds;",
        removed: "const due = 0;",
      },
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "if (unreached === undefined || now() - unreached < reachMilliseconds) {",
        removed: "if (false) {",
      },
    ],
  },
  {
    name: "a view of before the deletion is not compared with what is left of the log",
    edits: [
      {
        file: "app/catalog/protocol/open-catalog.ts",
        kept: "if (this.#isComparable(opened)) return opened;",
        removed: "return opened;",
      },
      // What would find it afterwards.
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "if (await this.#isEnd(base)) return;",
        removed: "return;",
      },
    ],
  },
  {
    name: "a view that was opened during the deletion does not take the log's lost end for a free slot",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "if (!(await this.#catalog.confirm(opened))) continue;",
        removed: "",
      },
      // What would find it afterwards.
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "if (await this.#isEnd(base)) return;",
        removed: "return;",
      },
    ],
  },
  {
    name: "who won a slot after a long time looks whether the log is still there",
    edits: [
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "if (await this.#isEnd(base)) return;",
        removed: "return;",
      },
    ],
  },
  {
    name: "nothing is deleted while a process may still let somebody into it",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "if (unreached === undefined || now() - unreached < reachMilliseconds) {",
        removed: "if (false) {",
      },
    ],
  },
  {
    name: "that nobody is led to it must have been found some time ago, not only before",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "|| now() - unreached < reachMilliseconds) {",
        removed: ") {",
      },
    ],
  },
  {
    name: "the final entry is deleted last",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "of store.list(prefix)) {",
        removed: "of (await Array.fromAsync(store.list(prefix))).toReversed()) {",
      },
    ],
  },
  {
    name: "who is deleted leaves the directory",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: 'const command = { kind: "close-member", userId } as const;',
        removed: 'const command = { kind: "close-member", userId: "nobody" } as const;',
      },
    ],
  },
  {
    name: "the organisation's log forgets who is deleted",
    edits: [
      {
        file: "app/maintenance/delete-closed.ts",
        kept: "await redactClosedMembers(records, options, deleted)",
        removed: "await redactClosedMembers(records, { ...options, isDryRun: true }, deleted)",
      },
    ],
  },
  {
    name: "the organisation's segments forget who is deleted",
    edits: [
      {
        file: "app/catalog/history/redact-log.ts",
        kept: "told.add(segments.firstOf(sequence));",
        removed: "",
      },
    ],
  },
  {
    name: "the redaction comes back to who was not deleted yet",
    edits: [
      {
        file: "app/catalog/history/redact-log.ts",
        kept: "if (!isWaiting) sequence = seq;",
        removed: "sequence = seq;",
      },
    ],
  },
  {
    name: "the organisation's snapshots forget who is deleted",
    edits: [
      {
        file: "app/catalog/protocol/snapshots.ts",
        kept: "if (!isDryRun) await store.delete(name);",
        removed: "",
      },
    ],
  },
];
