import swagger from "@fastify/swagger";
import type { FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { ProblemSchema, problemContentType } from "./problem.ts";

/** What any request may get instead of what its route promises. */
const problemReply = {
  description: "What went wrong.",
  content: { [problemContentType]: { schema: { $ref: "Problem#" } } },
};

/**
 * `/openapi.json`: every route that was registered after this, from the very schemas that validate it. Each has
 * the problem replies added that any request may get.
 */
const openapi: FastifyPluginAsync<{ readonly publicOrigin: string }> = async (server, { publicOrigin }) => {
  server.addSchema(ProblemSchema);
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "ImgStream",
        version: "1",
        description:
          "Photos of people who sign in at the identity proxy. Every write carries the header " +
          "`x-requested-with: XMLHttpRequest`. Errors are problem details (RFC 9457); compare their `code`.",
      },
      servers: [{ url: publicOrigin }],
      components: {
        securitySchemes: {
          identityProxy: {
            type: "apiKey",
            in: "header",
            name: "x-goog-iap-jwt-assertion",
            description: "Set by Identity-Aware Proxy; callers sign in there and never set it themselves.",
          },
        },
      },
      security: [{ identityProxy: [] }],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, index) =>
        typeof $id === "string" ? $id : `schema-${index}`,
    },
    transform: ({ schema, url }) => {
      const own = schema?.response;
      const response = { ...(typeof own === "object" ? own : {}), default: problemReply };
      return { url, schema: { ...schema, response } };
    },
  });
  server.get("/openapi.json", { schema: { hide: true } }, async () => server.swagger());
};

export default fastifyPlugin(openapi, { name: "openapi", fastify: "5.x" });
