import type { Damage } from "../catalog/history/damage.ts";
import { type Moment, personAt, stepsUntil } from "../catalog/history/past-catalog.ts";
import { organisationAt } from "../catalog/history/past-organisation.ts";
import { organisationOwner } from "../catalog/history/stored-logs.ts";
import type { Step } from "../catalog/history/walk-log.ts";
import { organisationModel } from "../catalog/organisation/organisation-model.ts";
import { personModel } from "../catalog/person/person-model.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { organisationEffectWords, personEffectWords } from "./effect-words.ts";
import { damageLine, exitCodeOf, findings, findingsJson, worstOf, writeDamage } from "./findings.ts";
import { type ExitCode, exitCodes, jsonLine, oneLine, type Terminal } from "./terminal.ts";
import { organisationSummary, summary, type WholeOrganisation, type WholePast } from "./past-words.ts";

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
  const codes = new Set<ExitCode>();
  const print = <E extends { readonly kind: string }>(step: Step<E>, words: (effect: E) => string) => {
    if ("damage" in step) codes.add(exitCodeOf(findings([step.damage])));
    if (isJson) terminal.write(stepJson(step, words));
    else writeStep(step, words, terminal.write);
  };
  const tell = <P extends object>(
    past: P | Damaged,
    json: (past: P) => object,
    words: (past: P) => readonly string[],
  ) => {
    if (isJson) {
      const state = isDamaged(past) ? findingsJson(findings(past.damage)) : json(past);
      terminal.write(jsonLine({ record: "state", ...state }));
    } else for (const line of isDamaged(past) ? [unsayable(past)] : words(past)) terminal.write(line);
  };
  if (owner === organisationOwner) {
    for await (const step of stepsUntil(store, owner, organisationModel, moment)) {
      print(step, organisationEffectWords);
    }
    if (moment !== undefined) {
      tell<WholeOrganisation>(await organisationAt(store, moment), organisationJson, organisationSummary);
    }
    return worstOf(codes);
  }
  const words = personEffectWords();
  for await (const step of stepsUntil(store, owner, personModel, moment)) print(step, words);
  if (moment !== undefined) tell<WholePast>(await personAt(store, owner, moment), personJson, summary);
  return worstOf(codes);
}

interface Damaged {
  readonly damage: readonly Damage[];
}

function isDamaged(past: object): past is Damaged {
  return "damage" in past;
}

function unsayable({ damage }: Damaged): string {
  const isNewer = exitCodeOf(findings(damage)) === exitCodes.newer;
  return `What it was then cannot be said: entries before are ${isNewer ? "of a newer release" : "damaged"}.`;
}

function writeStep<E>(step: Step<E>, words: (effect: E) => string, write: Terminal["write"]): void {
  if ("damage" in step) return writeDamage(step.damage, write);
  const { seq, at, commands } = step.entry;
  for (const effect of commands.flatMap(({ effects }) => effects)) {
    write(`${seq.toString().padStart(6)}  ${at}  ${oneLine(words(effect))}`);
  }
}

function stepJson<E>(step: Step<E>, words: (effect: E) => string): string {
  if ("damage" in step) return damageLine(step.damage);
  const { seq, at, by, commands } = step.entry;
  const effects = commands.flatMap((command) => command.effects);
  return jsonLine({ record: "entry", sequence: seq, at, by, words: effects.map(words), effects });
}

/** What the catalog was at the moment, as `summary` tells it. */
function personJson(past: WholePast): object {
  const { sequence, at, closedAt, storageUsed, profile, shares, uploads } = past;
  return {
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
    uploads: uploads.map(({ id, filename, sizeBytes, sha256, expiresDate, state, photoId }) => ({
      id,
      filename,
      size_bytes: sizeBytes,
      sha256,
      expires_date: expiresDate,
      state,
      photo_id: photoId,
    })),
  };
}

/** What the organisation's catalog was at the moment. */
function organisationJson(past: WholeOrganisation): object {
  const { sequence, at, members, flags, settings, statistics } = past;
  return {
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
    statistics,
  };
}
