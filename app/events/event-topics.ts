import type { Config } from "../config.ts";
import { eventTopics } from "../runtime-contract.ts";
import { type Topic, createTopic } from "./topic.ts";

/** Where this service publishes. */
export interface EventTopics {
  /** That a person's catalog has new entries; the worker hears of it. */
  readonly catalog: Topic;
  /** What happened, in the published schema; the warehouse keeps it. */
  readonly published: Topic;
}

/** Undefined where no Pub/Sub belongs to the stores: neither Google's nor a stand-in. */
export function createEventTopics(
  config: Pick<Config, "projectId" | "recordsStore" | "storageEndpoint" | "pubsubEndpoint">,
): EventTopics | undefined {
  const { projectId, recordsStore, storageEndpoint, pubsubEndpoint: endpoint } = config;
  const isInCloud = recordsStore.kind === "bucket" && storageEndpoint === undefined;
  if (endpoint === undefined && !isInCloud) return undefined;
  const topic = (name: string) =>
    createTopic({ projectId, name, ...(endpoint !== undefined && { endpoint }) });
  return { catalog: topic(eventTopics.catalog), published: topic(eventTopics.published) };
}
