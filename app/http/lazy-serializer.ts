import SerializerSelector from "@fastify/fast-json-stringify-compiler";

/**
 * Fastify's own compiler of reply schemas, at work when a route first replies: compiling those of every route took
 * a third of the time until an instance was ready. A schema that cannot be compiled is met by the test of its route.
 */
export const buildLazySerializer: SerializerSelector.SerializerFactory = (externalSchemas, options) => {
  let compile: SerializerSelector.SerializerCompiler | undefined;
  return (route) => {
    let serialize: SerializerSelector.Serializer | undefined;
    return (reply: unknown) => {
      compile ??= SerializerSelector()(externalSchemas, options);
      serialize ??= compile(route);
      return serialize(reply);
    };
  };
};
