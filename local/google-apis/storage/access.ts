import type { IncomingMessage } from "node:http";
import { type PublicKeyOf, isSigned, verifySignedAddress } from "./signed-address.ts";
import { forbidden, unauthorized } from "./storage-error.ts";

/** https://cloud.google.com/storage/docs/access-control/iam-permissions */
export type ObjectPermission =
  | "storage.objects.get"
  | "storage.objects.list"
  | "storage.objects.create"
  | "storage.objects.update"
  | "storage.objects.delete";

export interface AccessRules {
  /** Who calls, from the request's credentials; undefined for anonymous callers. @default any bearer token is "bearer" */
  readonly principalOf?: (request: IncomingMessage) => string | undefined;
  /** @default everyone but anonymous callers may do everything */
  readonly allows?: (principal: string | undefined, permission: ObjectPermission, bucket: string) => boolean;
  /** Keys that signed addresses are checked with. @default none: every signature is refused */
  readonly publicKeyOf?: PublicKeyOf;
}

/** Answers who calls and whether they may. */
export class Access {
  readonly #rules: AccessRules;

  constructor(rules: AccessRules) {
    this.#rules = rules;
  }

  /** @throws StorageError 401, 403, or what is wrong with a signature */
  check(
    request: IncomingMessage,
    url: URL,
    bucket: string,
    permissions: readonly ObjectPermission[],
    now: Date,
  ): void {
    const principal = isSigned(url.searchParams)
      ? verifySignedAddress(request, url, this.#rules.publicKeyOf ?? (() => undefined), now)
      : this.#principalOf(request);
    for (const permission of permissions) {
      if (this.#allows(principal, permission, bucket)) continue;
      if (principal === undefined)
        throw unauthorized(
          `Anonymous caller does not have ${permission} access to the Google Cloud Storage object.`,
        );
      throw forbidden(`${principal} does not have ${permission} access to the Google Cloud Storage object.`);
    }
  }

  #principalOf(request: IncomingMessage): string | undefined {
    if (this.#rules.principalOf !== undefined) return this.#rules.principalOf(request);
    return request.headers.authorization?.startsWith("Bearer ") === true ? "bearer" : undefined;
  }

  #allows(principal: string | undefined, permission: ObjectPermission, bucket: string): boolean {
    return this.#rules.allows?.(principal, permission, bucket) ?? principal !== undefined;
  }
}
