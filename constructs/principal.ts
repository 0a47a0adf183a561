/** Somebody or something that can be granted a role. */
export interface Principal {
  /**
   * Short, literal and stable: it becomes part of the construct id, and so of the Terraform address, of every
   * grant made to this principal.
   */
  readonly id: string;
  /** As IAM spells it: `serviceAccount:…`, `group:…`, `user:…`, `domain:…`. */
  readonly member: string;
}

/** A principal that is a service account, which services can run as. */
export interface ServiceAccountPrincipal extends Principal {
  readonly email: string;
}

/** A person, group or domain by its IAM spelling, such as `group:photos@example.com`. */
export function memberPrincipal(member: string): Principal {
  if (/^all(Authenticated)?Users$/.test(member)) {
    throw new Error(
      `A principal must not be everyone, got '${member}': name a group, a domain or an account`,
    );
  }
  return { id: member.replaceAll(/[^A-Za-z0-9]+/g, "-"), member };
}

/**
 * A service account that another stack owns, named by its literal address, so that no data source is asked.
 *
 * @param name the part before the `@`
 */
export function existingServiceAccount(id: string, name: string, projectId: string): ServiceAccountPrincipal {
  const email = `${name}@${projectId}.iam.gserviceaccount.com`;
  return { id, email, member: `serviceAccount:${email}` };
}
