/** One line of a process of the app, as a person reads it in the terminal. */
export interface LogLine {
  readonly isWorthShowing: boolean;
  readonly text: string;
}

const shownSeverities = new Set(["WARNING", "ERROR", "CRITICAL"]);

/** Lines are JSON with `severity` and `message`; anything else is what a program says in distress. */
export function readLogLine(line: string): LogLine {
  const fields = parseObject(line);
  if (fields === undefined) return { isWorthShowing: line.trim() !== "", text: line };
  const severity = text(fields["severity"]);
  const error = fields["err"];
  const cause = typeof error === "object" && error !== null && "message" in error ? text(error.message) : "";
  const details = [text(fields["code"]), text(fields["reason"]), cause].filter((part) => part !== "");
  const suffix = details.length === 0 ? "" : ` (${details.join(", ")})`;
  return {
    isWorthShowing: shownSeverities.has(severity),
    text: `${severity.toLowerCase()}: ${text(fields["message"])}${suffix}`,
  };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
