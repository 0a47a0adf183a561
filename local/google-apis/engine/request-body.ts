import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";
import type { Json } from "./json.ts";

const largestBytes = 10 * 1024 * 1024;
/** Of objects and lists in one another, as the readers of protocol buffers have it. */
const deepest = 100;

/** Throws where objects and lists lie deeper in one another than Google reads them. */
function checkDepth(body: Json): void {
  const waiting: { readonly key: string; readonly value: Json; readonly depth: number }[] = [
    { key: "", value: body, depth: 0 },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { key, value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > deepest) {
      const message = `Invalid JSON payload received. Message too deep. Max recursion depth reached for key '${key}'`;
      throw new ApiError("INVALID_ARGUMENT", message, { reason: "parseError" });
    }
    for (const [name, part] of Object.entries(value)) {
      const below = Array.isArray(value) ? key : name;
      if (part !== undefined) waiting.push({ key: below, value: part, depth: depth + 1 });
    }
  }
}

function parse(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new ApiError("INVALID_ARGUMENT", "Invalid JSON payload received. Parse error.", {
      reason: "parseError",
      cause,
    });
  }
}

/** What a request holds, undefined where that is nothing. A body that is too large is read to its end and forgotten. */
export async function readRequestBody(request: IncomingMessage): Promise<Json | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size <= largestBytes) parts.push(bytes);
  }
  if (size > largestBytes) {
    throw new ApiError("INVALID_ARGUMENT", `Request payload size exceeds the limit: ${largestBytes} bytes.`);
  }
  if (size === 0) return undefined;
  const body = parse(Buffer.concat(parts));
  checkDepth(body);
  return body;
}
