/** Bounds of what the identity proxy says of a person, in characters. */
export const profileTextLimits = { email: 320, name: 200 } as const;

/** A person as their own catalog knows them. */
export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly avatarUrl: string | null;
  readonly createdDate: string;
  readonly lastLogin: string;
  readonly settings: { readonly privateByDefault: boolean };
  readonly storageQuota: number;
  readonly storageUsed: number;
}
