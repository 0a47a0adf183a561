import Fastify from "fastify";
import type { FastifyPluginAsync, FastifySchema, RouteOptions } from "fastify";
import fastifyPlugin from "fastify-plugin";
import type { TSchema } from "typebox";
import { catalogTokenHeader } from "./catalog-token-header.ts";
import { readingMethods, requestedWith } from "./cross-site.ts";
import { ProblemSchema, problemContentType } from "./problem.ts";
import { schemaController } from "./schema-controller.ts";
import { compileValidator } from "./schema-validator.ts";

declare module "fastify" {
  interface FastifySchema {
    /** Describes a multipart form that the route reads by itself; validates nothing. */
    readonly form?: TSchema;
  }
}

/** What any request may get instead of what its route promises. */
const problemReply = {
  description: "What went wrong.",
  content: { [problemContentType]: { schema: { $ref: "Problem#" } } },
};

/**
 * `/openapi.json`: every route that was registered after this, from the very schemas that validate it, with what
 * holds for all of them: the header that writes carry, and problem replies. Described when somebody asks for it.
 */
const openapi: FastifyPluginAsync<{ readonly publicOrigin: string }> = async (server, { publicOrigin }) => {
  server.addSchema(ProblemSchema);
  const routes: RouteOptions[] = [];
  server.addHook("onRoute", (route) => void routes.push(route));
  let description: Promise<unknown> | undefined;
  server.get(
    "/openapi.json",
    { schema: { hide: true } },
    () => (description ??= describe(routes, publicOrigin)),
  );
};

/** The plugin that describes wants to be there before the routes; so it sees them in a server that never listens. */
async function describe(routes: readonly RouteOptions[], publicOrigin: string): Promise<unknown> {
  const { default: swagger } = await import("@fastify/swagger");
  const described = Fastify({ exposeHeadRoutes: false, schemaController });
  described.setValidatorCompiler(compileValidator);
  described.addSchema(ProblemSchema);
  await described.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "ImgStream",
        version: "1",
        description:
          "Photos of people who sign in at the identity proxy: a browser by the proxy's session cookie, a program " +
          "by a token in `Authorization`. Errors are problem details (RFC 9457); compare their `code`. Replies carry " +
          `\`${catalogTokenHeader}\`: how much of one's records they have seen. Sent along with the next request, it ` +
          "makes that one's answer no older, one's own changes included, whichever instance gives it.",
      },
      servers: [{ url: publicOrigin }],
      components: {
        securitySchemes: {
          program: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "A token that Identity-Aware Proxy takes; it never reaches the service itself.",
          },
        },
      },
      security: [{ program: [] }],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, index) =>
        typeof $id === "string" ? $id : `schema-${index}`,
    },
    transform: ({ schema, url, route }) => {
      const isWrite = [route.method].flat().some((method) => !readingMethods.has(method));
      return { url, schema: { ...schema, ...form(schema), ...headers(schema, isWrite), ...replies(schema) } };
    },
  });
  for (const { method, url, schema, handler } of routes) {
    described.route({ method, url, handler, ...(schema && { schema }) });
  }
  await described.ready();
  const document = described.swagger();
  await described.close();
  return document;
}

function form(schema: FastifySchema | undefined): FastifySchema {
  return schema?.form === undefined ? {} : { body: schema.form };
}

function headers(schema: FastifySchema | undefined, isWrite: boolean): FastifySchema {
  if (!isWrite) return {};
  const own = recordOf(schema?.headers);
  const required = Array.isArray(own["required"]) ? own["required"] : [];
  return {
    headers: {
      ...own,
      type: "object",
      properties: {
        ...recordOf(own["properties"]),
        [requestedWith.name]: {
          type: "string",
          enum: [requestedWith.value],
          description: "Every write carries it: no form of another site can.",
        },
      },
      required: [...required, requestedWith.name],
    },
  };
}

function replies(schema: FastifySchema | undefined): FastifySchema {
  return { response: { ...recordOf(schema?.response), default: problemReply } };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export default fastifyPlugin(openapi, { name: "openapi" });
