import type { Alert } from "../alert.ts";
import { redisSeries } from "../google-metrics.ts";
import { grown } from "../promql.ts";
import type { Watched } from "../watched.ts";

/** Redis, where the environment has one. It is never the truth: without it everything works, a little slower. */
export function cacheAlerts({ redis }: Watched): readonly Alert[] {
  if (redis === undefined) return [];
  const { name } = redis;
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
        "Redis has reported nothing for ten minutes: limits hold per instance only, and live events come a second later.",
      conditions: [
        {
          kind: "promql",
          title: "No report for 10 minutes",
          query: `absent_over_time(${redisSeries("server/uptime", name)}[10m])`,
        },
      ],
    },
  ];
}
