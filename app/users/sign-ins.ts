import { randomUUID } from "../late-crypto.ts";
import { freshKey } from "../own-key.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { type Profile, profileTextLimits } from "../catalog/profile.ts";
import type { OrganisationCatalog } from "../catalog/organisation-catalog.ts";
import { AccountClosedError } from "../catalog/person/errors.ts";
import type { Identity } from "../identity/identity.ts";
import { writtenLine } from "../written-text.ts";

/** Keeps people's profiles true to what the identity proxy says of them. */
export interface SignIns {
  /**
   * Records that this person was here: at the first sign-in, on another day (UTC), or when e-mail or name have
   * changed. Otherwise nothing is written and, in this process, nothing is read.
   *
   * @param options.isAnew who met the end of an account and goes on under another id: entered in the directory whatever
   *   the profile says, since the address may have gone back to the id before
   * @returns once the person has a profile and stands in the directory
   * @throws AccountClosedError when the person's account is closed
   */
  see(person: Identity, options?: { readonly isAnew?: boolean }): Promise<void>;

  /** Reads again at the person's next request. */
  forget(userId: string): void;
}

export interface SignInsOptions {
  readonly catalog: Pick<Catalog, "execute" | "profile">;
  readonly organisation: Pick<OrganisationCatalog, "execute">;
  /** Told when an existing profile could not be brought up to date; the person is let in all the same. */
  readonly onNotRecorded: (error: unknown) => void;
  /** @default the system's clock */
  readonly now?: () => Date;
}

interface Remembered {
  readonly as: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Still to be entered in the directory whatever the profile says. */
  readonly isAnew: boolean;
}

const rememberedPeople = 10_000;
/** After a failure, this long until it is tried again. */
const retryMilliseconds = 60_000;

export function createSignIns(options: SignInsOptions): SignIns {
  const now = options.now ?? (() => new Date());
  const remembered = new Map<string, Remembered>();
  const underWay = new Map<string, Promise<void>>();

  const remember = (userId: string, what: Remembered) => {
    remembered.delete(userId);
    if (remembered.size >= rememberedPeople) {
      const oldest = remembered.keys().next();
      if (oldest.done !== true) remembered.delete(oldest.value);
    }
    remembered.set(userId, what);
  };

  const record = async (person: Identity, as: string, isAnew: boolean) => {
    const { userId, email, name } = person;
    const profile = await options.catalog.profile(userId);
    const isKnown = profile !== undefined && isTrue(profile, person, now());
    if (isAnew || !isKnown) {
      try {
        // One that an earlier release kept may be longer than names are: it keeps nobody's sign-in out.
        const known = writtenLine(profile?.name ?? null, profileTextLimits.name);
        const seen = { email, name: name ?? known };
        const idempotencyKey = freshKey("sign-in");
        // The person's own catalog last: stopped in between, the next request does both again, and an account
        // that was closed meanwhile is found out after it was entered in the directory, not before.
        const member = { kind: "see-member", salt: randomUUID(), userId, ...seen } as const;
        await options.organisation.execute(member, { idempotencyKey });
        if (!isKnown)
          await options.catalog.execute(userId, { kind: "see-sign-in", ...seen }, { idempotencyKey });
      } catch (error) {
        if (profile === undefined || error instanceof AccountClosedError) throw error;
        options.onNotRecorded(error);
        remember(userId, { as, until: now().getTime() + retryMilliseconds, isAnew });
        return;
      }
    }
    remember(userId, { as, until: Infinity, isAnew: false });
  };

  return {
    async see(person, { isAnew = false } = {}) {
      const as = JSON.stringify([dayOf(now()), person.email, person.name]);
      const known = remembered.get(person.userId);
      if (!isAnew && known?.as === as && now().getTime() < known.until) return;
      const isOwed = isAnew || known?.isAnew === true;
      const key = `${isOwed} ${person.userId} ${as}`;
      const waiting = underWay.get(key) ?? record(person, as, isOwed).finally(() => underWay.delete(key));
      underWay.set(key, waiting);
      await waiting;
    },

    forget: (userId) => void remembered.delete(userId),
  };
}

/** A name that the proxy does not give stays as it was. */
function isTrue(profile: Profile, { email, name }: Identity, now: Date): boolean {
  return (
    profile.email === email &&
    (name === null || profile.name === name) &&
    profile.lastLogin.slice(0, 10) === dayOf(now)
  );
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
