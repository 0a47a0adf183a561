import type { RemovedRule } from "./removed-rule.ts";

/** Of those rules that are about what becomes of a log: closing, the directory, undo, segments, redaction, the outbox. */
export const removedHistoryRules: readonly RemovedRule[] = [
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
        removed: "upTo: Math.floor(sequence / 2),",
      },
      // It would not be undone at all.
      {
        file: "app/catalog/history/touched-rows.ts",
        kept: "if (reached < sequence - 1) return undefined;",
        removed: "",
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
    name: "16: an entry is put only in place of what was read",
    edits: [
      {
        file: "app/catalog/history/redact-log.ts",
        kept: 'const options = { contentType: "application/json", ifGeneration: found.generation };',
        removed: 'const options = { contentType: "application/json" };',
      },
    ],
  },
  {
    name: "16: snapshots older than a purge are dropped",
    edits: [
      {
        file: "app/catalog/protocol/snapshots.ts",
        kept: "if (!isDryRun) await store.delete(name);",
        removed: "",
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
    name: "16: uploads that were given up are forgotten",
    edits: [
      {
        file: "app/catalog/history/purged-effects.ts",
        kept: "if (opened !== undefined && place.sequence >= this.#from) this.#find([opened]);",
        removed: "",
      },
    ],
  },
  {
    name: "16: the next upload says which ones are over",
    edits: [
      {
        file: "app/catalog/person/upload-commands.ts",
        kept: "[...closingExpired(there, at), {",
        removed: "[{",
      },
    ],
  },
  {
    name: "8: a copy of another moment is not believed",
    edits: [
      {
        file: "app/catalog/protocol/opening.ts",
        kept: "view?.position.sequence === sequence &&",
        removed: "view !== undefined &&",
      },
    ],
  },
  {
    name: "8: a copy of somebody else's view is not believed",
    edits: [
      { file: "app/catalog/protocol/opening.ts", kept: "&& (await isTheirs(view, parts))", removed: "" },
    ],
  },
  {
    name: "8: a damaged snapshot is replaced",
    edits: [
      {
        file: "app/catalog/protocol/snapshots.ts",
        kept: "this.#damaged.add(sequence);",
        removed: "",
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
    name: "15: behind a segment that was left out the next ones are read",
    edits: [
      {
        file: "app/catalog/protocol/segments.ts",
        kept: "if (isLeftOut) return yield* this.#logged(first);",
        removed: "if (isLeftOut) return;",
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
