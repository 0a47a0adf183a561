import { createHmac, randomUUID } from "../late-crypto.ts";
import * as Type from "typebox";
import { objectPrefixes } from "../runtime-contract.ts";
import { ObjectExistsError, OutcomeUnknownError, PreconditionFailedError } from "../storage/object-store.ts";
import type { ObjectStore } from "../storage/object-store.ts";

/** Knows which person's folder belongs to a verified subject. */
export interface People {
  /**
   * The person's random id; made and kept at the first sign-in, the same ever after, whoever asks first and
   * however many ask at once, on any number of instances.
   *
   * @throws OutcomeUnknownError when the store did not answer: ask again.
   * @throws IdentityRecordDamagedError when the record cannot be read; nothing is overwritten then.
   */
  userIdOf(subject: string): Promise<string>;

  /**
   * Puts a new random id in the place of a closed account's: whoever signs in is someone new from then on. Of
   * several who do it at once, on any number of instances, one decides; where another id stands already, that one
   * stays. The account's final entry must have been written before.
   *
   * @returns the id that is the person's now
   * @throws OutcomeUnknownError, IdentityRecordDamagedError as above
   */
  replace(subject: string, closedUserId: string): Promise<string>;

  /** Asks the store at the next question, however fresh the last answer is. */
  forget(subject: string): void;
}

export interface PeopleOptions {
  readonly records: ObjectStore;
  /** At least 32 characters, a secret of the environment. */
  readonly identityKey: string;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
  /** Gives the ids of new people. @default random UUIDs */
  readonly newId?: () => string;
}

/** An identity record that is there but is not one. */
export class IdentityRecordDamagedError extends Error {
  readonly code = "identity-record-damaged";
  readonly objectName: string;

  constructor(objectName: string, options?: ErrorOptions) {
    super(`'${objectName}' is not an identity record: restore an older version of the object`, options);
    this.objectName = objectName;
  }
}

const IdentityRecord = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  userId: Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
  createdAt: Type.String(),
});

/**
 * How long an answer is believed without asking the store again: an account that was closed elsewhere is
 * another person's, or nobody's, after this at the latest. (Its catalog refuses writes at once.)
 */
const believedMilliseconds = 60_000;
const rememberedPeople = 10_000;
const tries = 3;

/** Keeps `identities/{HMAC-SHA256(key, subject)}.json`, so that the store's names tell nothing about people. */
export function createPeople(options: PeopleOptions): People {
  const { now = Date.now, newId = randomUUID } = options;
  const remembered = new Map<string, { readonly userId: string; readonly until: number }>();
  const underWay = new Map<string, Promise<string>>();

  const pseudonymOf = (subject: string) =>
    createHmac("sha256", options.identityKey).update(subject).digest("hex");

  const remember = (pseudonym: string, userId: string) => {
    remembered.delete(pseudonym);
    if (remembered.size >= rememberedPeople) {
      const oldest = remembered.keys().next();
      if (oldest.done !== true) remembered.delete(oldest.value);
    }
    remembered.set(pseudonym, { userId, until: now() + believedMilliseconds });
  };

  /** What is being asked at this moment may be outdated when it is answered. */
  const forget = (pseudonym: string) => {
    remembered.delete(pseudonym);
    underWay.delete(pseudonym);
  };

  return {
    async userIdOf(subject) {
      const pseudonym = pseudonymOf(subject);
      const known = remembered.get(pseudonym);
      if (known !== undefined && now() < known.until) return known.userId;

      const waiting = underWay.get(pseudonym);
      if (waiting !== undefined) return waiting;
      const asking = decide(options.records, pseudonym, { now, newId }, () => false);
      underWay.set(pseudonym, asking);
      try {
        const userId = await asking;
        if (underWay.get(pseudonym) === asking) remember(pseudonym, userId);
        return userId;
      } finally {
        if (underWay.get(pseudonym) === asking) underWay.delete(pseudonym);
      }
    },

    async replace(subject, closedUserId) {
      const pseudonym = pseudonymOf(subject);
      const userId = await decide(
        options.records,
        pseudonym,
        { now, newId },
        (present) => present === closedUserId,
      );
      forget(pseudonym);
      remember(pseudonym, userId);
      return userId;
    },

    forget: (subject) => forget(pseudonymOf(subject)),
  };
}

/** Writes a new id where there is none, or one that is to be replaced, unless somebody else does meanwhile. */
async function decide(
  records: ObjectStore,
  pseudonym: string,
  { now, newId }: Required<Pick<PeopleOptions, "now" | "newId">>,
  isReplaced: (userId: string) => boolean,
): Promise<string> {
  const name = `${objectPrefixes.identities}${pseudonym}.json`;
  for (let attempt = 1; ; attempt += 1) {
    const found = await records.read(name);
    const present = found && (await readRecord(name, found.bytes));
    if (present !== undefined && !isReplaced(present)) return present;

    const userId = newId();
    const record = { version: 1, userId, createdAt: new Date(now()).toISOString() };
    try {
      await records.put(name, Buffer.from(JSON.stringify(record)), {
        contentType: "application/json",
        ...(found === undefined ? { ifAbsent: true } : { ifGeneration: found.object.generation }),
      });
      return userId;
    } catch (error) {
      // Taken, by another request or by our own put whose answer was lost: what stands there decides.
      const mayStandThere =
        error instanceof ObjectExistsError ||
        error instanceof PreconditionFailedError ||
        error instanceof OutcomeUnknownError;
      if (!mayStandThere || attempt === tries) throw error;
    }
  }
}

async function readRecord(name: string, bytes: Uint8Array): Promise<string> {
  // Loaded with the first person, as all that an instance need not have to be ready.
  const { Check } = await import("typebox/schema");
  try {
    const record: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (Check(IdentityRecord, record)) return record.userId;
  } catch (error) {
    throw new IdentityRecordDamagedError(name, { cause: error });
  }
  throw new IdentityRecordDamagedError(name, {
    cause: new TypeError("expected 'version', 'userId' and 'createdAt', as each was first written"),
  });
}
