import { randomUUID } from "../late-crypto.ts";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import * as Type from "typebox";
import { pageParameters } from "../http/page-parameters.ts";
import { idempotencyKeyHeader } from "../http/idempotency-key.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { decodeIdCursor, encodeIdCursor } from "../catalog/cursor.ts";
import type { OrganisationCatalog } from "../catalog/organisation-catalog.ts";
import { UnknownMemberError } from "../catalog/organisation/commands.ts";
import { AccountClosedError } from "../catalog/person/errors.ts";
import { mayDo } from "../identity/permissions.ts";
import { DirectorySchema, MemberSchema, describeMember } from "./user-schema.ts";

export interface DirectoryRoutesOptions {
  readonly catalog: Pick<Catalog, "execute" | "usage">;
  readonly organisation: Pick<OrganisationCatalog, "execute" | "member" | "members">;
}

const Listing = Type.Object(pageParameters);

const Allowance = Type.Object(
  {
    storage_quota: Type.Unsafe<number | null>({
      type: ["integer", "null"],
      minimum: 0,
      maximum: 2 ** 50,
      description: "Bytes; null for what everyone has. May be less than is used: nothing can be added then.",
    }),
  },
  { additionalProperties: false },
);

/** `/v1/users`, the directory, and `/v1/admin/users`, what administrators may change of a person. */
export const directoryRoutes: FastifyPluginAsyncTypebox<DirectoryRoutesOptions> = async (
  server,
  { catalog, organisation },
) => {
  server.get(
    "/v1/users",
    {
      schema: {
        operationId: "listUsers",
        summary: "Everyone who has an account here, in the order of their ids",
        tags: ["users"],
        querystring: Listing,
        response: { 200: DirectorySchema },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const after = cursor === undefined ? {} : { after: decodeIdCursor(cursor) };
      const members = await organisation.members({ limit, ...after });
      const last = members.length === limit ? members.at(-1)?.userId : undefined;
      const isMore = last !== undefined && (await organisation.members({ limit: 1, after: last })).length > 0;
      return {
        users: members.map(({ userId, email, name }) => ({ id: userId, email, name })),
        next_cursor: isMore ? encodeIdCursor(last) : null,
      };
    },
  );

  server.patch(
    "/v1/admin/users/:userId",
    {
      // Before the body is looked at: whoever may not learns nothing of what it would have been.
      onRequest: async ({ identity, params }) => {
        const { userId } = params;
        if (!mayDo("allowance", identity, { userId })) throw new UnknownMemberError(userId);
      },
      schema: {
        operationId: "setAllowance",
        summary: "Give a person more or less room; for administrators, for everyone else it is not there",
        tags: ["administration"],
        params: Type.Object({ userId: Type.String() }),
        headers: Type.Object(idempotencyKeyHeader),
        body: Allowance,
        response: { 200: MemberSchema },
      },
    },
    async ({ identity, params: { userId }, headers, body: { storage_quota: bytes } }) => {
      const idempotencyKey = `${identity.userId} ${headers["idempotency-key"] ?? randomUUID()}`;
      // What was granted stands in the organisation's catalog. Stopped in between, repeating makes it hold.
      await organisation.execute({ kind: "set-quota", userId, bytes }, { idempotencyKey });
      try {
        const administratorId = identity.userId;
        await catalog.execute(userId, { kind: "set-quota", bytes, administratorId }, { idempotencyKey });
        const member = await organisation.member(userId);
        if (member === undefined) throw new UnknownMemberError(userId);
        return describeMember(member, await catalog.usage(userId));
      } catch (error) {
        // Closed a moment ago.
        if (error instanceof AccountClosedError) throw new UnknownMemberError(userId);
        throw error;
      }
    },
  );
};
