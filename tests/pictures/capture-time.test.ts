import { expect, test } from "vitest";
import { readCaptureTime, readOffset } from "../../app/pictures/capture-time.ts";

test.each([
  ["2015:09:08 11:02:17", "2015-09-08T11:02:17"],
  ["2015:09:08 11:02:17\0", "2015-09-08T11:02:17"],
  ["2015-09-08T11:02:17.25+02:00", "2015-09-08T11:02:17"],
  ["2016:02:29 23:59:59", "2016-02-29T23:59:59"],
  ["2015:09:08 11:02", "2015-09-08T11:02:00"],
])("%j is %s", (text, expected) => {
  expect(readCaptureTime(text)).toBe(expected);
});

test.each([
  "0000:00:00 00:00:00",
  "    :  :     :  :  ",
  "2015:02:29 10:00:00",
  "2015:13:01 10:00:00",
  "2015:01:01 24:00:00",
  "2015:01:01",
  "",
  undefined,
  20_150_101,
  new Date(0),
])("%j is no time of capture", (text) => {
  expect(readCaptureTime(text)).toBeNull();
});

test.each([
  ["+03:00", 180],
  ["-05:30", -330],
  ["-0530", -330],
  ["+14:00", 840],
  ["Z", 0],
  ["-00:00", 0],
  [" +01:00\0", null],
  ["+15:00", null],
  ["+01:75", null],
  ["", null],
  [undefined, null],
  [2, null],
])("an offset of %j is %j", (text, expected) => {
  expect(readOffset(text)).toBe(expected);
});
