import type { FastifyServerOptions } from "fastify";
import { schemaCompilers } from "./schema-compilers.ts";

type SchemaController = NonNullable<FastifyServerOptions["schemaController"]>;

/**
 * Compiles reply schemas as Fastify itself would, at work when a route first replies: compiling those of every route
 * took a third of the time until an instance was ready. A schema that cannot be compiled is met by the test of its
 * route. Whoever takes this sets a validator compiler: Fastify's own is not loaded.
 */
export const schemaController = {
  compilersFactory: {
    buildSerializer:
      (externalSchemas, options) =>
      ({ schema }) => {
        let serialize: ((reply: unknown) => string) | undefined;
        return (reply: unknown) => {
          serialize ??= schemaCompilers().compileSerializer(schema, { ...options, schema: externalSchemas });
          return serialize(reply);
        };
      },
    buildValidator: () => {
      throw new Error("no validator compiler is set: call setValidatorCompiler on the server");
    },
  },
} satisfies SchemaController;
