import { distribution, messages, redis, redisAway, run } from "./recorded-series.ts";
import type { Recording } from "./recorded-series.ts";

const worker = { service_name: "the-worker" };
const region = { location: "europe-west1" };
const usage = (metric: string, share: number) =>
  distribution(`container_${metric}_utilizations`, {}, ["0.8", "1"], share);

/** What runs short, in its fault and on days that are none. */
export const recordingsOfCapacity: readonly Recording[] = [
  {
    rule: "near-limit/1",
    name: "two revisions share nine instances of ten",
    fires: true,
    at: 40,
    series: {
      [run("container_instance_count", { ...region, revision_name: "old" })]: "4x60",
      [run("container_instance_count", { ...region, revision_name: "new" })]: "5x60",
    },
  },
  {
    rule: "near-limit/1",
    name: "two regions have five instances of ten each",
    fires: false,
    at: 40,
    series: {
      [run("container_instance_count", { location: "europe-west1" })]: "5x60",
      [run("container_instance_count", { location: "europe-north1" })]: "5x60",
    },
  },
  {
    rule: "near-limit/2",
    name: "the worker has all of its three instances",
    fires: true,
    at: 40,
    series: { [run("container_instance_count", { ...worker, ...region })]: "3x60" },
  },
  {
    rule: "near-limit/2",
    name: "the worker has two of three, and web ten",
    fires: false,
    at: 40,
    series: {
      [run("container_instance_count", { ...worker, ...region })]: "2x60",
      [run("container_instance_count", region)]: "10x60",
    },
  },
  {
    rule: "processor/1",
    name: "one instance in twenty is busy all the time",
    fires: true,
    at: 40,
    series: usage("cpu", 0.05),
  },
  { rule: "processor/1", name: "all instances are half idle", fires: false, at: 40, series: usage("cpu", 0) },
  {
    rule: "memory/1",
    name: "one instance in twenty is almost full",
    fires: true,
    at: 40,
    series: usage("memory", 0.05),
  },
  {
    rule: "memory/1",
    name: "all instances are half empty",
    fires: false,
    at: 40,
    series: usage("memory", 0),
  },
  {
    rule: "slow-start/1",
    name: "one start in ten takes forty seconds of the thirty that it has",
    fires: true,
    at: 40,
    series: distribution("container_startup_latencies", {}, ["2000", "40000"], 0.1),
  },
  {
    rule: "slow-start/1",
    name: "one start in ten takes twenty seconds",
    fires: false,
    at: 40,
    series: distribution("container_startup_latencies", {}, ["2000", "20000"], 0.1),
  },
  {
    rule: "slow-start/2",
    name: "the worker takes longer than its twenty seconds",
    fires: true,
    at: 40,
    series: distribution("container_startup_latencies", worker, ["2000", "30000"], 0.1),
  },
  {
    rule: "slow-start/2",
    name: "only web starts slowly",
    fires: false,
    at: 40,
    series: distribution("container_startup_latencies", {}, ["2000", "40000"], 0.1),
  },
  {
    rule: "queue/1",
    name: "two requests wait",
    fires: true,
    at: 40,
    series: { [run("pending_queue_pending_requests")]: "2x60" },
  },
  {
    rule: "queue/1",
    name: "nobody waits",
    fires: false,
    at: 40,
    series: { [run("pending_queue_pending_requests")]: "0x60" },
  },
  {
    rule: "dead-letters/1",
    name: "one message was put aside",
    fires: true,
    at: 40,
    series: { [messages("num_undelivered_messages", "the-dead")]: "1x60" },
  },
  {
    rule: "dead-letters/1",
    name: "messages wait elsewhere",
    fires: false,
    at: 40,
    series: {
      [messages("num_undelivered_messages", "the-dead")]: "0x60",
      [messages("num_undelivered_messages", "the-push")]: "50x60",
    },
  },
  {
    rule: "old-messages/1",
    name: "the warehouse is a quarter of an hour behind",
    fires: true,
    at: 40,
    series: { [messages("oldest_unacked_message_age", "the-warehouse")]: "900x60" },
  },
  {
    rule: "old-messages/1",
    name: "pushes wait for a minute, and dead letters for days",
    fires: false,
    at: 40,
    series: {
      [messages("oldest_unacked_message_age", "the-push")]: "60x60",
      [messages("oldest_unacked_message_age", "the-dead")]: "90000x60",
    },
  },
  {
    rule: "cache-memory/1",
    name: "nine tenths are used",
    fires: true,
    at: 40,
    series: { [redis("stats_memory_usage_ratio")]: "0.9x60" },
  },
  {
    rule: "cache-memory/1",
    name: "half is used",
    fires: false,
    at: 40,
    series: { [redis("stats_memory_usage_ratio")]: "0.5x60" },
  },
  {
    rule: "cache-evictions/1",
    name: "keys are evicted",
    fires: true,
    at: 40,
    series: { [redis("stats_evicted_keys")]: "0+3x60" },
  },
  {
    rule: "cache-evictions/1",
    name: "keys were evicted long ago",
    fires: false,
    at: 40,
    series: { [redis("stats_evicted_keys")]: "500x60" },
  },
  {
    rule: "cache-unreachable/1",
    name: "its reports end",
    fires: true,
    at: 40,
    series: { [redis("server_uptime")]: "0+60x20 stale" },
  },
  {
    rule: "cache-unreachable/1",
    name: "it reports",
    fires: false,
    at: 40,
    series: { [redis("server_uptime")]: "0+60x60" },
  },
  {
    rule: "cache-unreachable/2",
    name: "an instance has said every five minutes for half an hour that it does not answer",
    fires: true,
    at: 40,
    series: { [redisAway("one")]: "0x9 1x4 2x4 3x4 4x4 5x4 6x4 7x4" },
  },
  {
    rule: "cache-unreachable/2",
    name: "all instances lost it for two minutes in a failover",
    fires: false,
    at: 40,
    series: { [redisAway("one")]: "0x36 1x10", [redisAway("other")]: "0x37 1x10" },
  },
];
