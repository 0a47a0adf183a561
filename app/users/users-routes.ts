import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Catalog } from "../catalog/catalog.ts";
import { MeSchema, describeMe } from "./user-schema.ts";

export interface UsersRoutesOptions {
  readonly catalog: Pick<Catalog, "profile">;
}

/** `/v1/users/me`. Registered where sign-ins are seen, so that who asks has a profile. */
export const usersRoutes: FastifyPluginAsyncTypebox<UsersRoutesOptions> = async (server, { catalog }) => {
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
    async ({ identity }) => {
      const profile = await catalog.profile(identity.userId);
      if (profile === undefined) throw new Error(`person ${identity.userId} was seen and has no profile`);
      return describeMe(profile, identity);
    },
  );
};
