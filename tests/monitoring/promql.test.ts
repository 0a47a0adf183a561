import { expect, test } from "vitest";
import { anyOf, grown, orZero, quantile, series } from "../../monitoring/promql.ts";

test("a metric of Google's is named as PromQL knows it, with the resource that it is about", () => {
  expect(
    series(
      "run.googleapis.com/container/cpu/utilizations",
      "cloud_run_revision",
      { service_name: "web" },
      "bucket",
    ),
  ).toBe(
    'run_googleapis_com:container_cpu_utilizations_bucket{monitored_resource="cloud_run_revision",service_name="web"}',
  );
  expect(series("logging.googleapis.com/user/my_metric", "cloud_run_job")).toBe(
    'logging_googleapis_com:user_my_metric{monitored_resource="cloud_run_job"}',
  );
});

test("labels are compared in four ways", () => {
  const labels = { a: "1", b: { not: "2" }, c: { like: "3.*" }, d: { unlike: "4" } };
  expect(series("x.googleapis.com/y", "z", labels)).toBe(
    'x_googleapis_com:y{monitored_resource="z",a="1",b!="2",c=~"3.*",d!~"4"}',
  );
});

test("quotes and backslashes in a value stay inside it", () => {
  expect(series("x.googleapis.com/y", "z", { a: String.raw`a"\b` })).toBe(
    String.raw`x_googleapis_com:y{monitored_resource="z",a="a\"\\b"}`,
  );
});

test("names are matched letter for letter", () => {
  expect(anyOf(["a.b", "c+d"])).toEqual({ like: String.raw`a\.b|c\+d` });
});

test("growth, quantiles and zeros read as they are meant", () => {
  expect(grown("m{}", "5m")).toBe("sum (increase(m{}[5m]))");
  expect(grown("m{}", "5m", ["a", "b"], "1d")).toBe("sum by (a, b) (increase(m{}[5m] offset 1d))");
  expect(quantile(0.95, "m_bucket{}", "5m")).toBe(
    "histogram_quantile(0.95, sum by (le) (rate(m_bucket{}[5m])))",
  );
  expect(quantile(0.5, "m_bucket{}", "5m", ["a"])).toContain("sum by (le, a)");
  expect(orZero("m")).toBe("(m or vector(0))");
});
