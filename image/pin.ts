/**
 * `npm run image:pin`: writes into image/base.json, or the file that is named, which digest the base's tag means
 * today.
 */
import { relative } from "node:path";
import { baseChoiceFile, pinnedReference } from "./base-choice.ts";
import { pinBaseChoice } from "./pin-base-choice.ts";

const file = process.argv[2] ?? baseChoiceFile;
const name = relative(process.cwd(), file);
try {
  const retry = { attempts: 3, firstPauseMilliseconds: 500 };
  const { choice, hasChanged } = await pinBaseChoice(file, { retry });
  console.log(
    hasChanged
      ? `${name}: ${pinnedReference(choice)}. Commit it: it is part of every image's name`
      : `${name} is up to date: ${pinnedReference(choice)}`,
  );
} catch (error) {
  console.error(`${name} is as it was: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
