import { expect, test } from "vitest";
import { altTextOf, formatBytes } from "../../app/web/photo/photo-words.ts";
import { placeholderImage } from "../../app/web/photo/placeholder.ts";
import { samplePhoto } from "./photo-sample.ts";

test("a photo is described by its title, else its day, else its file", () => {
  expect(altTextOf(samplePhoto({ title: "Anna on the beach" }))).toBe("Anna on the beach");
  expect(altTextOf(samplePhoto({ taken_at: "2015-09-08T11:02:17" }))).toContain(
    "Photo taken September 8, 2015",
  );
  expect(altTextOf(samplePhoto())).toBe("Photo beach.jpg");
});

test("the camera's local time is shown as it is, whatever zone the reader is in", () => {
  const { TZ } = process.env;
  process.env["TZ"] = "Pacific/Auckland";
  try {
    expect(altTextOf(samplePhoto({ taken_at: "2015-09-08T23:30:00" }))).toMatch(/September 8, 2015 at 11:30/);
  } finally {
    if (TZ === undefined) delete process.env["TZ"];
    else process.env["TZ"] = TZ;
  }
});

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [999_999, "1.0 MB"],
  [3_400_000, "3.4 MB"],
  [1_073_741_824, "1.1 GB"],
  [250_000_000, "250 MB"],
])("%d bytes are shown as %s", (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown);
});

test("a placeholder is made from a thumbhash, and none from what is no thumbhash", () => {
  expect(placeholderImage("1QcSHQRnh493V4dIh4eXh1h4kJUI")).toMatch(/^url\(data:image\/png;base64,/);
  expect(placeholderImage("")).toBeUndefined();
  expect(placeholderImage("%%%")).toBeUndefined();
});
