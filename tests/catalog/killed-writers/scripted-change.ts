import type { Command } from "../../../app/catalog/command.ts";
import { newPhoto } from "../photo-fixture.ts";

export const people = [
  "0193a5b8-0000-4000-8000-000000000001",
  "0193a5b8-0000-4000-8000-000000000002",
] as const;

/** What happens to every photo, in this order; each raises its version by one. */
export const steps = ["add", "edit", "favorite", "trash", "restore"] as const;

export interface ScriptedChange {
  readonly key: string;
  readonly userId: string;
  readonly photoId: string;
  readonly command: Command;
}

/** The change that an idempotency key stands for (`PERSON_NUMBER/PHOTO_ID/STEP`), so that any life can repeat it. */
export function changeOf(key: string): ScriptedChange {
  const [number, photoId = "", step] = key.split("/");
  const userId = people[Number(number)];
  if (userId === undefined) throw new TypeError(`Expected a key of a person for key but received '${key}'`);
  return { key, userId, photoId, command: commandOf(step, photoId) };
}

function commandOf(step: string | undefined, photoId: string): Command {
  switch (step) {
    case "add":
      return { kind: "add-photo", photo: newPhoto(photoId) };
    case "edit":
      return { kind: "edit-photo", photoId, edit: { title: `title of ${photoId}` } };
    case "favorite":
      return { kind: "favorite-photo", photoId, favorite: true };
    case "trash":
      return { kind: "trash-photo", photoId };
    case "restore":
      return { kind: "restore-photo", photoId };
    default:
      throw new TypeError(`Expected one of ${steps.join(", ")} for step but received '${step}'`);
  }
}
