import * as Type from "typebox";
import type { Static } from "typebox";
import { problemKind, problemType } from "./problem-table.ts";
import type { ErrorCode } from "./problem-table.ts";
import type { FieldFault } from "./request-refusal.ts";

export const problemContentType = "application/problem+json";

/** RFC 9457, with what this service adds. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: "Names the kind of problem; stable, made from `code`." }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "What was wrong this time and what to do." }),
    code: Type.String({ description: "What programs compare." }),
    correlation_id: Type.String({ description: "Finds this occurrence in the log." }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          in: Type.String({ description: "Part of the request: body, query, path or header." }),
          pointer: Type.String({ description: "JSON pointer into that part; empty for the whole of it." }),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { $id: "Problem", title: "Problem" },
);

export type Problem = Static<typeof ProblemSchema>;

export function makeProblem(
  code: ErrorCode,
  occurrence: {
    readonly correlationId: string;
    /** The error's own words; unused where the table has others. */
    readonly message: string;
    readonly faults?: readonly FieldFault[];
  },
): Problem {
  const kind = problemKind(code);
  const faults = occurrence.faults ?? [];
  return {
    type: problemType(code),
    title: kind.title,
    status: kind.status,
    detail: kind.detail ?? sentence(occurrence.message),
    code,
    correlation_id: occurrence.correlationId,
    ...(faults.length > 0 && { errors: faults.map((fault) => ({ ...fault })) }),
  };
}

/** Messages of errors begin small and end without a stop, as parts of a longer line; here they stand alone. */
function sentence(message: string): string {
  const end = /[.!?]$/.test(message) ? "" : ".";
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${end}`;
}
