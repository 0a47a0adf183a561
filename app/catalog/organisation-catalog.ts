/**
 * What everyone in the organisation shares: who there is, settings, feature flags, quotas, statistics by day. A
 * catalog of its own by the protocol of people's catalogs; `createCatalog` in create-catalog.ts makes it.
 */
export interface OrganisationCatalog {
  /**
   * Validates a command against the newest state, makes it durable, applies it; the same key with the same command
   * gives the first answer again. The key of a command that changes nothing is not kept.
   *
   * @throws UnknownMemberError: refused; nothing was written.
   * @throws IdempotencyKeyReusedError, CommitOutcomeUnknownError, CommitFailedError, CatalogBusyError, DamagedLogError
   *   as a person's catalog does.
   */
  execute(
    command: OrganisationCommand,
    options: { readonly idempotencyKey: string },
  ): Promise<{ readonly sequence: number }>;

  /** Undefined for who never signed in, or has closed the account. */
  member(userId: string): Promise<Member | undefined>;

  /** By e-mail address, whatever its case. */
  memberByEmail(email: string): Promise<Member | undefined>;

  /**
   * By id, ascending.
   *
   * @throws RangeError for a limit out of 1 to 200.
   */
  members(query: { readonly limit: number; readonly after?: string }): Promise<readonly Member[]>;

  /** Every setting that was ever set; what a name means, and its default, belongs to who reads it. */
  settings(): Promise<Readonly<Record<string, unknown>>>;

  flags(): Promise<readonly Flag[]>;

  /** Both ends included; days as `2026-11-23`, UTC. */
  statistics(from: string, to: string): Promise<readonly DayStatistics[]>;
}

/** A person as colleagues and administrators find them. */
export interface Member {
  readonly userId: string;
  /** As the identity proxy gave it last; null once the same address signed in as someone else. */
  readonly email: string | null;
  readonly name: string | null;
  readonly createdDate: string;
  /** What an administrator granted; null for what the organisation grants to everyone. */
  readonly storageQuota: number | null;
}

export interface Flag {
  readonly name: string;
  /** For everyone. */
  readonly isEnabled: boolean;
  /** For these although not for everyone. */
  readonly userIds: readonly string[];
}

export interface DayStatistics {
  readonly day: string;
  readonly people: number;
  readonly photos: number;
  readonly bytes: number;
}

export type OrganisationCommand =
  /**
   * Somebody signed in. Addresses are unique: one that another member had is theirs no longer, for the identity
   * provider has given it to somebody else.
   *
   * `salt` is random, and recorded nowhere: the command's hash stays in the log when name and address are taken out of
   * it, and would else confirm a guess of them.
   */
  | {
      readonly kind: "see-member";
      readonly salt: string;
      readonly userId: string;
      readonly email: string;
      readonly name: string | null;
    }
  | { readonly kind: "close-member"; readonly userId: string }
  /** @throws UnknownMemberError */
  | { readonly kind: "set-quota"; readonly userId: string; readonly bytes: number | null }
  | { readonly kind: "set-setting"; readonly name: string; readonly value: unknown }
  | { readonly kind: "set-flag"; readonly flag: Flag }
  | { readonly kind: "remove-flag"; readonly name: string }
  /** Replaces what was recorded of the day. */
  | { readonly kind: "record-statistics"; readonly statistics: DayStatistics };
