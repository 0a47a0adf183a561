import type { Identity } from "./identity.ts";

/**
 * What of a person's photos somebody may see or do.
 *
 * - `picture`: thumbnail and preview
 * - `original`: the file, its name and checksum, where it was taken and with what; also listing, filtering and
 *   counting by these
 * - `usage`: counts, bytes, quota, kinds of activity
 * - `change`: everything that changes the photo
 * - `allowance`: the person's quota, flags and settings of the organisation
 */
export type Permission = "picture" | "original" | "usage" | "change" | "allowance";

type Relation = "owner" | "colleague" | "administrator";

/** Who may what. A colleague is anyone who may sign in, of a photo that is not private. */
const table: Readonly<Record<Permission, readonly Relation[]>> = {
  picture: ["owner", "colleague"],
  original: ["owner"],
  usage: ["owner", "administrator"],
  change: ["owner"],
  allowance: ["administrator"],
};

/** What is asked about: a photo, or for `usage` and `allowance` the person alone. */
export interface Subject {
  readonly userId: string;
  /** @default true: nobody is a colleague of what does not say that it may be seen */
  readonly private?: boolean;
}

/** The one answer to "may they?". Everything that is not allowed is answered like what does not exist. */
export function mayDo(
  permission: Permission,
  who: Pick<Identity, "userId" | "isAdministrator">,
  subject: Subject,
): boolean {
  const relations: Relation[] = [];
  if (who.userId === subject.userId) relations.push("owner");
  if (subject.private === false) relations.push("colleague");
  if (who.isAdministrator) relations.push("administrator");
  return relations.some((relation) => table[permission].includes(relation));
}
