import type { Alert } from "../alert.ts";
import { logSeries, redisSeries } from "../google-metrics.ts";
import { grown } from "../promql.ts";
import type { Instruments, Watched } from "../watched.ts";

/** Redis, where the environment has one. It is never the truth: without it everything works, a little slower. */
export function cacheAlerts({ redis }: Watched, { metrics }: Instruments): readonly Alert[] {
  const { redisAway } = metrics;
  if (redis === undefined || redisAway === undefined) return [];
  const { name } = redis;
  const said = (over: string, ago?: string) => grown(logSeries(redisAway.name), over, [], ago);
  return [
    {
      id: "cache-memory",
      title: "Redis is almost full",
      urgency: "ticket",
      meaning: "More than 85 % of Redis's memory is used: it will soon forget what was used least.",
      conditions: [
        {
          kind: "promql",
          title: "Memory above 85 % for 10 minutes",
          query: `max(${redisSeries("stats/memory/usage_ratio", name)}) > 0.85`,
          forMinutes: 10,
        },
      ],
    },
    {
      id: "cache-evictions",
      title: "Redis forgets for want of memory",
      urgency: "ticket",
      meaning:
        "Redis evicts keys: rate limits shared between instances begin anew, so that they let more through.",
      conditions: [
        {
          kind: "promql",
          title: "Evictions for 10 minutes",
          query: `${grown(redisSeries("stats/evicted_keys", name), "10m")} > 0`,
          forMinutes: 10,
        },
      ],
    },
    {
      id: "cache-unreachable",
      title: "Redis does not answer",
      urgency: "urgent",
      meaning:
        "Redis reports nothing, or the service does not reach it: everything goes on, and what one person may send is counted for each instance only.",
      conditions: [
        {
          kind: "promql",
          title: "No report for 10 minutes",
          query: `absent_over_time(${redisSeries("server/uptime", name)}[10m])`,
        },
        {
          kind: "promql",
          // While it lasts an instance says so every five minutes; maintenance and failovers are shorter.
          title: "Instances said so in the last 6 minutes, and in the 6 before",
          query: `${said("6m")} > 0 and ${said("6m", "6m")} > 0`,
        },
      ],
    },
  ];
}
