import * as Type from "typebox";

/** What asks for one page of a list, for a route's schema: 1 to 200 of them, after those of the cursor's page. */
export const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
};

/** Those parameters as the catalog takes them. */
export function pageOf({ limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }) {
  return { limit, ...(cursor !== undefined && { cursor }) };
}

/** What a reply says of the page after it, for a route's schema. */
export const nextCursor = Type.Unsafe<string | null>({
  type: ["string", "null"],
  description: "For the next page's ?cursor=; null on the last one.",
});
