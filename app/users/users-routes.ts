import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Identity } from "../identity/identity.ts";
import type { Accounts } from "./accounts.ts";
import { closedGraceMilliseconds, lastCopiesDate } from "./closed-grace.ts";
import type { SignIns } from "./sign-ins.ts";
import {
  ClosedAccountSchema,
  MeSchema,
  MyChangesSchema,
  UsageSchema,
  describeMe,
  describeUsage,
} from "./user-schema.ts";

export interface UsersRoutesOptions {
  readonly catalog: Pick<Catalog, "execute" | "profile" | "usage">;
  readonly accounts: Pick<Accounts, "close">;
  readonly signIns: Pick<SignIns, "forget">;
  /** For so many days what was deleted can be brought back in the stores. */
  readonly deletedKeptDays: number;
}

const Writing = Type.Object(idempotencyKeyHeader);

/** `/v1/users/me…`. Registered where sign-ins are seen, so that who asks has a profile. */
export const usersRoutes: FastifyPluginAsyncTypebox<UsersRoutesOptions> = async (server, options) => {
  const { catalog, accounts, signIns } = options;

  const me = async (identity: Identity, after?: string) => {
    const profile = await catalog.profile(identity.userId, after === undefined ? {} : { after });
    if (profile === undefined) throw new Error(`person ${identity.userId} was seen and has no profile`);
    return describeMe(profile, identity);
  };

  server.get(
    "/v1/users/me",
    {
      schema: {
        operationId: "getMe",
        summary: "Who is signed in, their settings and how much room they have",
        tags: ["users"],
        response: { 200: MeSchema },
      },
    },
    ({ identity }) => me(identity),
  );

  server.patch(
    "/v1/users/me",
    {
      schema: {
        operationId: "changeMe",
        summary: "Change one's own settings",
        tags: ["users"],
        headers: Writing,
        body: MyChangesSchema,
        response: { 200: MeSchema },
      },
    },
    async ({ identity, headers, body }) => {
      const privateByDefault = body.settings?.private_by_default;
      const { token } = await catalog.execute(
        identity.userId,
        {
          kind: "change-settings",
          settings: privateByDefault === undefined ? {} : { privateByDefault },
        },
        { idempotencyKey: headers["idempotency-key"] ?? randomUUID() },
      );
      return await me(identity, token);
    },
  );

  server.get(
    "/v1/users/me/usage",
    {
      schema: {
        operationId: "getMyUsage",
        summary: "What takes up one's room: photos, trash, uploads under way",
        tags: ["users"],
        response: { 200: UsageSchema },
      },
    },
    async ({ identity }) => describeUsage(await catalog.usage(identity.userId)),
  );

  server.delete(
    "/v1/users/me",
    {
      schema: {
        operationId: "closeAccount",
        summary: "Close one's own account, for good",
        description:
          "Once this is answered nothing of the account can be seen or changed any more. Whoever signs in again " +
          "begins a new, empty account with another id.",
        tags: ["users"],
        response: { 200: ClosedAccountSchema },
      },
    },
    async ({ identity }) => {
      const { photos, trash, purging } = await catalog.usage(identity.userId);
      await accounts.close(identity);
      signIns.forget(identity.userId);
      const deletedAt = Date.now() + closedGraceMilliseconds;
      const amounts = [photos, trash, purging];
      return {
        id: identity.userId,
        remains: {
          photos: amounts.reduce((sum, { count }) => sum + count, 0),
          bytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0),
          deletion_date: new Date(deletedAt).toISOString(),
          last_copies_date: lastCopiesDate(deletedAt, options.deletedKeptDays),
        },
      };
    },
  );
};
