import * as Type from "typebox";
import { RequestRefusedError } from "./request-refusal.ts";

/** The header that says what an edit was made on, for a route's schema. */
export function conditionHeader(what: string) {
  return {
    "if-match": Type.Optional(
      Type.String({
        pattern: '^(\\*|"[0-9]{1,15}")$',
        description:
          `The version that the edit was made on, quoted, as the \`ETag\` of the ${what} has it; \`*\` for whatever it is. ` +
          `Without it the answer is 428; 412 where the ${what} is another version by now.`,
      }),
    ),
  };
}

/** @throws RequestRefusedError `precondition-required` */
export function readCondition(
  what: string,
  header: string | undefined,
): { readonly expectedVersion?: number } {
  if (header === undefined) {
    throw new RequestRefusedError(
      "precondition-required",
      `An edit must say what it was made on: send the ${what}'s version in If-Match, such as If-Match: "3".`,
    );
  }
  return header === "*" ? {} : { expectedVersion: Number(header.slice(1, -1)) };
}

/** What `If-Match` compares. */
export function entityTag({ version }: { readonly version: number }): string {
  return `"${version}"`;
}
