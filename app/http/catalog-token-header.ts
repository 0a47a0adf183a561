/** Says, in replies, how much of the person's catalog they have seen, and in requests, how much at least is wanted. */
export const catalogTokenHeader = "catalog-token";
