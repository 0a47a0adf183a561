import * as Type from "typebox";

/** What asks for one page of a list, for a route's schema: 1 to 200 of them, after those of the cursor's page. */
export const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
};
