import type { Instruments, Watched } from "../../monitoring/watched.ts";

/** What a stack would hand over, with names that no other file spells. */
export const watched: Watched = {
  host: "photos.example.com",
  web: { name: "the-web", maxInstances: 10, startupSeconds: 30 },
  worker: { name: "the-worker", maxInstances: 3, startupSeconds: 20 },
  maintenance: { name: "the-maintenance" },
  loadBalancer: { name: "the-url-map" },
  backend: { name: "the-backend" },
  buckets: {
    media: { name: "the-media" },
    records: { name: "the-records" },
    uploads: { name: "the-uploads" },
    recordsCopy: { name: "the-copy" },
  },
  subscriptions: [{ name: "the-push" }, { name: "the-warehouse" }],
  deadLetter: { subscriptionName: "the-dead" },
  redis: { name: "the-cache" },
  unhurried: [
    { method: "POST", route: "/v1/photos", apartAtTheEdge: false },
    { method: "GET", route: "/v1/events", apartAtTheEdge: true },
  ],
};

export const instruments: Instruments = {
  metrics: {
    requests: { name: "the_requests" },
    errors: { name: "the_errors" },
    redisAway: { name: "the_redis_away" },
  },
  objectives: {
    availability: { sloName: "projects/1/services/s/serviceLevelObjectives/availability" },
    latency: { sloName: "projects/1/services/s/serviceLevelObjectives/latency" },
  },
  uptime: { checkId: "the-check" },
};
