import { calls, day, errors, job, latencies, stored } from "./recorded-series.ts";
import type { Recording } from "./recorded-series.ts";

const gibibyte = 2 ** 30;

/** What people cannot get back, in its fault and on days that are none. */
export const recordingsOfData: readonly Recording[] = [
  {
    rule: "storage-errors/1",
    name: "one call in five is refused",
    fires: true,
    at: 40,
    series: {
      [calls("the-media", "WriteObject", "PERMISSION_DENIED")]: "0+5x60",
      [calls("the-media", "WriteObject", "OK")]: "0+20x60",
    },
  },
  {
    rule: "storage-errors/1",
    name: "the catalog reads what is not there yet, and loses some slots",
    fires: false,
    at: 40,
    series: {
      [calls("the-records", "ReadObject", "NOT_FOUND")]: "0+20x60",
      [calls("the-records", "WriteObject", "FAILED_PRECONDITION")]: "0+5x60",
      [calls("the-records", "WriteObject", "OK")]: "0+20x60",
    },
  },
  {
    rule: "storage-errors/1",
    name: "one bucket's few errors beside another's many calls",
    fires: false,
    at: 40,
    series: {
      [calls("the-uploads", "WriteObject", "UNAVAILABLE")]: "0+1x60",
      [calls("the-uploads", "WriteObject", "OK")]: "0+99x60",
      [calls("the-media", "ReadObject", "OK")]: "0+9x60",
    },
  },
  {
    rule: "storage-growth/1",
    name: "a terabyte becomes a tenth more in a day",
    fires: true,
    at: 2 * day,
    series: { [stored("the-media")]: `${1000 * gibibyte}x${day} ${1100 * gibibyte}x${2 * day}` },
  },
  {
    rule: "storage-growth/1",
    name: "a hundred terabytes become a thousandth more in a day",
    fires: false,
    at: 2 * day,
    series: { [stored("the-media")]: `${100_000 * gibibyte}x${day} ${100_100 * gibibyte}x${2 * day}` },
  },
  {
    rule: "storage-growth/1",
    name: "the first ten gigabytes",
    fires: false,
    at: 2 * day,
    series: { [stored("the-media")]: `${gibibyte}x${day} ${11 * gibibyte}x${2 * day}` },
  },
  {
    rule: "commit-latency/1",
    name: "one change in ten takes two seconds, and reading is fast",
    fires: true,
    at: 40,
    series: {
      ...latencies("PATCH", { "500": 9, "1500": 9, "3000": 10, "+Inf": 10 }),
      ...latencies("GET", { "500": 900, "1500": 900, "3000": 900, "+Inf": 900 }),
    },
  },
  {
    rule: "commit-latency/1",
    name: "reading is slow, and changes are fast",
    fires: false,
    at: 40,
    series: {
      ...latencies("PATCH", { "500": 10, "1500": 10, "3000": 10, "+Inf": 10 }),
      ...latencies("GET", { "500": 10, "1500": 10, "3000": 100, "+Inf": 100 }),
    },
  },
  {
    rule: "catalog-conflicts/1",
    name: "half of the writes are lost to others",
    fires: true,
    at: 40,
    series: {
      [calls("the-records", "WriteObject", "FAILED_PRECONDITION")]: "0+10x60",
      [calls("the-records", "WriteObject", "OK")]: "0+10x60",
      [calls("the-records", "ReadObject", "NOT_FOUND")]: "0+900x60",
    },
  },
  {
    rule: "catalog-conflicts/1",
    name: "one write in ten is lost to others",
    fires: false,
    at: 40,
    series: {
      [calls("the-records", "WriteObject", "FAILED_PRECONDITION")]: "0+10x60",
      [calls("the-records", "WriteObject", "OK")]: "0+90x60",
    },
  },
  {
    rule: "catalog-damage/1",
    name: "one entry is damaged",
    fires: true,
    at: 40,
    series: { [errors("damaged-entry")]: "0x33 1x60" },
  },
  {
    rule: "catalog-damage/1",
    name: "other errors, many of them",
    fires: false,
    at: 40,
    series: { [errors("commit-failed")]: "0+9x60" },
  },
  {
    rule: "catalog-damage/2",
    name: "the job finds an object that is damaged",
    fires: true,
    at: 40,
    series: { [errors("object-damaged", "cloud_run_job")]: "0x33 1x60" },
  },
  {
    rule: "catalog-damage/2",
    name: "only a service found one",
    fires: false,
    at: 40,
    series: { [errors("object-damaged")]: "0x33 1x60" },
  },
  {
    rule: "no-backup/1",
    name: "the job succeeded for the last time 27 hours ago",
    fires: true,
    at: 30 * 60,
    series: { [job("succeeded")]: `0+1x180 180x${27 * 60 + 100}`, [job("failed")]: "0+1x1900" },
  },
  {
    rule: "no-backup/1",
    name: "the job succeeds every ten minutes",
    fires: false,
    at: 30 * 60,
    series: { [job("succeeded")]: "0+0.1x1900" },
  },
  {
    rule: "no-backup/2",
    name: "records change, and nothing reaches their copy",
    fires: true,
    at: 30 * 60,
    series: {
      [calls("the-records", "WriteObject", "OK")]: "0+1x1900",
      [calls("the-copy", "WriteObject", "OK")]: "7x1900",
    },
  },
  {
    rule: "no-backup/2",
    name: "nothing changes, and so nothing is copied",
    fires: false,
    at: 30 * 60,
    series: {
      [calls("the-records", "ReadObject", "OK")]: "0+1x1900",
      [calls("the-copy", "WriteObject", "OK")]: "7x1900",
    },
  },
  {
    rule: "no-backup/2",
    name: "the copy is written once a day",
    fires: false,
    at: 30 * 60,
    series: {
      [calls("the-records", "WriteObject", "OK")]: "0+1x1900",
      [calls("the-copy", "WriteObject", "OK")]: `0x${20 * 60} 500x700`,
    },
  },
  {
    rule: "maintenance-failures/1",
    name: "every run of an hour fails",
    fires: true,
    at: 90,
    series: { [job("failed")]: "0+0.1x120" },
  },
  {
    rule: "maintenance-failures/1",
    name: "one run fails, and the others succeed",
    fires: false,
    at: 90,
    series: { [job("failed")]: "0x60 1x60", [job("succeeded")]: "0+0.1x120" },
  },
];
