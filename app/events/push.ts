import * as Type from "typebox";
import { mapOf } from "../map-schema.ts";

/** A push of Pub/Sub: https://cloud.google.com/pubsub/docs/push#receive_push */
export const Push = Type.Object({
  message: Type.Object({
    messageId: Type.Optional(Type.String()),
    attributes: Type.Optional(mapOf(Type.String())),
    data: Type.Optional(Type.String()),
  }),
  subscription: Type.Optional(Type.String()),
});
