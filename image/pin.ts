/** `npm run image:pin`: writes into image/base.json which digest the base's tag means today. */
import { pinnedReference } from "./base-choice.ts";
import { pinBaseChoice } from "./pin-base-choice.ts";

try {
  const { choice, hasChanged } = await pinBaseChoice();
  console.log(
    hasChanged
      ? `image/base.json: ${pinnedReference(choice)}. Commit it: it is part of every image's name`
      : `image/base.json is up to date: ${pinnedReference(choice)}`,
  );
} catch (error) {
  console.error(`image/base.json is as it was: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
