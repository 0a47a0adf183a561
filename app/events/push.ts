import * as Type from "typebox";

/** A push of Pub/Sub: https://cloud.google.com/pubsub/docs/push#receive_push */
export const Push = Type.Object({
  message: Type.Object({
    messageId: Type.Optional(Type.String()),
    attributes: Type.Optional(Type.Record(Type.String(), Type.String())),
    data: Type.Optional(Type.String()),
  }),
  subscription: Type.Optional(Type.String()),
});
