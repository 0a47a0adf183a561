import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Attack, AttackFigures } from "./attack-process.ts";
import { attackingFiles, script } from "./attacking-files.ts";
import { fileOf, grain, readPicture, temporaryFolder } from "./sample-pictures.ts";

/** What the web role has in the smallest environment. */
const mebibytes = 512;
const program = join(import.meta.dirname, "attack-process.ts");
const canConfine = existsSync("/usr/bin/prlimit") || process.env["CI"] === "true";

async function run(
  attack: Attack,
  { folder = temporaryFolder(), copies = 0, reservable = mebibytes },
): Promise<AttackFigures> {
  const parameters = [program, attack, folder, String(copies), String(reservable)];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by our own program
  return JSON.parse(stdout) as AttackFigures;
}

describe.skipIf(!canConfine)(
  `within ${mebibytes} MiB, enforced by the kernel (install util-linux for prlimit to run these)`,
  () => {
    test("each file that was made to do harm comes to its end", { timeout: 240_000 }, async () => {
      const files = await attackingFiles();
      const folder = temporaryFolder();
      for (const [name, { bytes }] of Object.entries(files)) await writeFile(join(folder, name), bytes);
      // A canvas that is reserved and never painted is no memory in use, but the kernel's limit counts it.
      const { ends, surprises, peakMebibytes } = await run("files", { folder, reservable: 2048 });
      expect(surprises).toEqual([]);
      expect(ends).toEqual(
        Object.fromEntries(Object.entries(files).map(([name, { end }]) => [name, { [end]: 1 }])),
      );
      expect(peakMebibytes).toBeLessThan(mebibytes);
    });

    test("a picture that ends at any of two hundred places is refused", { timeout: 240_000 }, async () => {
      const { ends, surprises, shownWithout, peakMebibytes } = await run("cut off", { copies: 200 });
      expect(surprises).toEqual([]);
      expect(shownWithout).toEqual({});
      expect(Object.keys(ends)).toHaveLength(10);
      for (const counts of Object.values(ends)) {
        const { "unreadable-picture": unreadable = 0, "unsupported-picture": unsupported = 0 } = counts;
        expect(unreadable + unsupported).toBe(200);
      }
      expect(peakMebibytes).toBeLessThan(mebibytes);
    });

    test("two thousand pictures with flipped bytes are shown or refused", { timeout: 240_000 }, async () => {
      const { ends, surprises, peakMebibytes } = await run("flipped", { copies: 200 });
      expect(surprises).toEqual([]);
      const all = Object.values(ends).flatMap((counts) => Object.values(counts));
      expect(all.reduce((sum, count) => sum + count, 0)).toBe(2000);
      // Both happen: else the copies would not be worth the time.
      for (const end of ["derived", "unreadable-picture"])
        expect(Object.values(ends).filter((counts) => (counts[end] ?? 0) > 0).length).toBeGreaterThan(4);
      expect(peakMebibytes).toBeLessThan(mebibytes);
    });
  },
);

test("nothing of what stands behind a JPEG is in what is made of it", async () => {
  const attack = Buffer.concat([await grain(320, 240).jpeg().toBuffer(), Buffer.from(script)]);
  const { derivatives } = await readPicture(await fileOf(attack));
  for (const bytes of [derivatives.preview, derivatives.thumbnail])
    expect(Buffer.from(bytes).includes("script")).toBe(false);
});
