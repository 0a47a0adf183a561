import { type Moment, personAt, type PastCatalog, stepsUntil } from "../catalog/history/past-catalog.ts";
import { organisationAt, type PastOrganisation } from "../catalog/history/past-organisation.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import type { Step } from "../catalog/history/walk-log.ts";
import { organisationModel } from "../catalog/organisation/organisation-model.ts";
import { personModel } from "../catalog/person/person-model.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { effectWords, organisationEffectWords } from "./effect-words.ts";
import { type ExitCode, exitCodes, jsonLine, type Terminal } from "./terminal.ts";
import { organisationSummary, summary } from "./past-words.ts";
import { damageJson, writeDamage } from "./verify.ts";

interface Asked {
  readonly moment: Moment | undefined;
  readonly isJson: boolean;
}

/**
 * Prints every change up to the moment, damaged ones in their places, and with a moment what the catalog was then: in
 * JSON one more line, whose `record` is `state`.
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
    if (moment === undefined) return code;
    const past = await organisationAt(store, moment);
    if (isJson) terminal.write(organisationJson(past));
    else for (const line of "damage" in past ? [unsayable] : organisationSummary(past)) terminal.write(line);
    return code;
  }
  for await (const step of stepsUntil(store, owner, personModel, moment)) print(step, effectWords);
  if (moment === undefined) return code;
  const past = await personAt(store, owner, moment);
  if (isJson) terminal.write(stateJson(past));
  else for (const line of "damage" in past ? [unsayable] : summary(past)) terminal.write(line);
  return code;
}

const unsayable = "What it was then cannot be said: entries before are damaged.";

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
    return jsonLine({ record: "damage", sequence, damage: { kind, problem, remedy } });
  }
  const { seq, at, by, commands } = step.entry;
  const effects = commands.flatMap((command) => command.effects);
  return jsonLine({ record: "entry", sequence: seq, at, by, words: effects.map(words), effects });
}

/** What the catalog was at the moment, as `summary` tells it. */
function stateJson(past: PastCatalog): string {
  if ("damage" in past) return jsonLine({ record: "state", damage: past.damage.map(damageJson) });
  const { sequence, at, closedAt, storageUsed, profile, shares } = past;
  return jsonLine({
    record: "state",
    sequence,
    at,
    closedAt,
    storageUsed,
    profile: profile === undefined ? null : { email: profile.email, name: profile.name },
    photos: past.photos.map(({ id, title, filename, deletedAt }) => ({
      id,
      title,
      filename,
      deleted_at: deletedAt,
    })),
    albums: past.albums.map(({ id, title, photoCount }) => ({ id, title, photo_count: photoCount })),
    shares: shares.map(({ id, endedDate, photoCount }) => ({
      id,
      ended_date: endedDate,
      photo_count: photoCount,
    })),
  });
}

/** What the organisation's catalog was at the moment. */
function organisationJson(past: PastOrganisation): string {
  if ("damage" in past) return jsonLine({ record: "state", damage: past.damage.map(damageJson) });
  const { sequence, at, members, flags, settings } = past;
  return jsonLine({
    record: "state",
    sequence,
    at,
    members: members.map(({ userId, email, name, createdDate, storageQuota }) => ({
      user_id: userId,
      email,
      name,
      created_date: createdDate,
      storage_quota: storageQuota,
    })),
    flags: flags.map(({ name, isEnabled, userIds }) => ({ name, is_enabled: isEnabled, user_ids: userIds })),
    settings,
  });
}
