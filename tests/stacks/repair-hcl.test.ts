import { expect, test } from "vitest";
import { repairHcl } from "../../stacks/repair-hcl.ts";

const line = (raw: string): string => repairHcl(raw);

test.each([
  [
    String.raw`filter = "select_slo_burn_rate("${"$"}{google_monitoring_slo.a.name}", "60s")"`,
    String.raw`filter = "select_slo_burn_rate(\"${"$"}{google_monitoring_slo.a.name}\", \"60s\")"`,
  ],
  [String.raw`  "check_id=\"${"$"}{a.b.id}\"",`, String.raw`  "check_id=\\\"${"$"}{a.b.id}\\\"",`],
  [
    String.raw`value = "${"$"}{sha256(jsonencode({ "a" = "b" }))}"`,
    String.raw`value = "${"$"}{sha256(jsonencode({ "a" = "b" }))}"`,
  ],
  [String.raw`name = "no \"reference\""`, String.raw`name = "no \"reference\""`],
])("%s becomes %s", (before, after) => {
  expect(line(before)).toBe(after);
});

test("a here-document is left alone", () => {
  const text = 'content = <<EOF\nx = "a "${b.c.d}" e"\nEOF\ny = "a "${b.c.d}""';
  expect(repairHcl(text)).toBe('content = <<EOF\nx = "a "${b.c.d}" e"\nEOF\ny = "a \\"${b.c.d}\\""');
});
