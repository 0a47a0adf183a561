import { type Moment, personAt, type PastCatalog, stepsUntil } from "../catalog/history/past-catalog.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import type { Step } from "../catalog/history/walk-log.ts";
import { organisationModel } from "../catalog/organisation/organisation-model.ts";
import { personModel } from "../catalog/person/person-model.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { effectWords, organisationEffectWords } from "./effect-words.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";
import { writeDamage } from "./verify.ts";

interface Asked {
  readonly moment: Moment | undefined;
  readonly isJson: boolean;
}

/**
 * Prints every change up to the moment, damaged ones in their places, and with a moment of a person's catalog what
 * it was then.
 */
export async function history(
  store: ObjectStore,
  owner: string,
  { moment, isJson }: Asked,
  terminal: Terminal,
): Promise<ExitCode> {
  const isOrganisation = owner === organisationOwner;
  let code: ExitCode = exitCodes.fine;
  const print = <E extends { readonly kind: string }>(step: Step<E>, words: (effect: E) => string) => {
    if ("damage" in step) code = exitCodes.damage;
    if (isJson) terminal.write(stepJson(step, words));
    else writeStep(step, words, terminal.write);
  };
  if (isOrganisation) {
    for await (const step of stepsUntil(store, owner, organisationModel, moment)) {
      print(step, organisationEffectWords);
    }
    return code;
  }
  for await (const step of stepsUntil(store, owner, personModel, moment)) print(step, effectWords);
  if (moment !== undefined && !isJson) {
    const past = await personAt(store, owner, moment);
    for (const line of summary(past)) terminal.write(line);
  }
  return code;
}

function writeStep<E>(step: Step<E>, words: (effect: E) => string, write: Terminal["write"]): void {
  if ("damage" in step) return writeDamage(step.damage, write);
  const { seq, at, commands } = step.entry;
  for (const effect of commands.flatMap(({ effects }) => effects)) {
    write(`${seq.toString().padStart(6)}  ${at}  ${words(effect)}`);
  }
}

function stepJson<E>(step: Step<E>, words: (effect: E) => string): string {
  if ("damage" in step) {
    const { sequence, kind, problem, remedy } = step.damage;
    return jsonLine({ sequence, damage: { kind, problem, remedy } });
  }
  const { seq, at, by, commands } = step.entry;
  const effects = commands.flatMap((command) => command.effects);
  return jsonLine({ sequence: seq, at, by, words: effects.map(words), effects });
}

function summary(past: PastCatalog): readonly string[] {
  if ("damage" in past) return ["What it was then cannot be said: entries before are damaged."];
  const { sequence, at, photos, albums, profile, closedAt, storageUsed } = past;
  const trashed = photos.filter(({ deletedAt }) => deletedAt !== null).length;
  return [
    "",
    at === null ? "Then: nothing yet." : `Then: after entry ${sequence} of ${at}`,
    `  person   ${profile === undefined ? "never signed in" : `${profile.name ?? "no name"}, ${profile.email}`}`,
    ...(closedAt === null ? [] : [`  closed   ${closedAt}`]),
    `  photos   ${counted(photos.length, "photo")}, ${trashed} of them in the trash`,
    `  albums   ${counted(albums.length, "album")}`,
    `  storage  ${storageUsed} bytes`,
    ...photos.map(
      ({ id, title, filename, deletedAt }) =>
        `  ${id}  ${title === null ? "" : `${title}  `}${filename}${deletedAt === null ? "" : "  (trash)"}`,
    ),
    ...albums.map(({ id, title, photoCount }) => `  ${id}  ${title}: ${counted(photoCount, "photo")}`),
  ];
}
