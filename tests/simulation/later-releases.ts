import type { Edit } from "./removed-rule.ts";

export interface LaterRelease {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/**
 * The releases after this one, as far as their entries and snapshots are concerned: each writes the version of entries
 * that the one before it reads, and reads one further.
 */
export const laterReleases: readonly LaterRelease[] = [
  releaseOf("the next release", { written: 2, newestReadable: 3 }),
  releaseOf("the release after the next", { written: 3, newestReadable: 4 }),
];

function releaseOf(
  name: string,
  { written, newestReadable }: { readonly written: number; readonly newestReadable: number },
): LaterRelease {
  return {
    name,
    edits: [
      {
        file: "app/catalog/protocol/entry.ts",
        kept: "{ written: 1, newestReadable: 2 }",
        removed: `{ written: ${written}, newestReadable: ${newestReadable} }`,
      },
      {
        file: "app/catalog/protocol/committer.ts",
        kept: "commands: batch.accepted.map(({ command }) => command),",
        removed: "commands: batch.accepted.map(({ command }) => command), needs: [],",
      },
      // So that some segments are left out for their size, and an earlier release makes them all the same.
      {
        file: "app/catalog/protocol/segments.ts",
        kept: "mostSegmentBytes = 16 * 2 ** 20;",
        removed: "mostSegmentBytes = 4000;",
      },
      // So its snapshots are of a format of their own, and those of the release before lie beside them.
      {
        file: "app/catalog/person/person-model.ts",
        kept: "viewVersion: ",
        removed: `viewVersion: ${written * 100} + `,
      },
    ],
  };
}
