import * as Type from "typebox";

/** Text, or null where there is none. */
export const nullableText = Type.Unsafe<string | null>({ type: ["string", "null"] });
