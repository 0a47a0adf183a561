import type { Catalog } from "../catalog/catalog.ts";
import type { OrganisationCatalog } from "../catalog/organisation-catalog.ts";
import { AccountClosedError } from "../catalog/person/errors.ts";
import type { Identity } from "../identity/identity.ts";
import type { People } from "../identity/people.ts";
import { freshKey } from "../own-key.ts";

/** Ends accounts. */
export interface Accounts {
  /**
   * Closes the person's account. Once this resolves nothing of it can be read or changed, whoever asks wherever,
   * and who signs in with the same identity is someone new. Repeating it finishes what was stopped half-way.
   *
   * @throws CommitOutcomeUnknownError, CommitFailedError, CatalogBusyError before it is closed; afterwards what is
   *   missing is made up for at the next sign-in.
   */
  close(person: Pick<Identity, "subject" | "userId">): Promise<void>;

  /**
   * For a person whose account turned out to be closed: finishes its closing where that was stopped half-way.
   *
   * @returns the same person under the id that is theirs now
   */
  beginAnew(person: Identity): Promise<Identity>;
}

export interface AccountsDependencies {
  readonly catalog: Pick<Catalog, "execute">;
  readonly organisation: Pick<OrganisationCatalog, "execute">;
  readonly people: Pick<People, "replace">;
}

/**
 * The order is the guarantee. The catalog's final entry comes first: its slot decides, so no writer can be
 * acknowledged after it. A process that stops after it leaves an account that is closed and a pointer that names
 * it; whoever signs in by that pointer meets AccountClosedError and finishes the rest.
 */
export function createAccounts({ catalog, organisation, people }: AccountsDependencies): Accounts {
  const leave = async ({ subject, userId }: Pick<Identity, "subject" | "userId">) => {
    // A sign-in under way may have entered the person again since the last time.
    await organisation.execute({ kind: "close-member", userId }, { idempotencyKey: freshKey("leave") });
    return await people.replace(subject, userId);
  };

  return {
    async close(person) {
      const { userId } = person;
      try {
        await catalog.execute(
          userId,
          { kind: "close-account" },
          { idempotencyKey: freshKey("close-account") },
        );
      } catch (error) {
        if (!(error instanceof AccountClosedError)) throw error;
      }
      await leave(person);
    },

    async beginAnew(person) {
      return { ...person, userId: await leave(person) };
    },
  };
}
