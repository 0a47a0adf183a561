import type { FastifyPluginAsync } from "fastify";
import * as Type from "typebox";
import type { TSchema } from "typebox";
import { withDeadline } from "../deadline.ts";
import { healthPaths } from "../runtime-contract.ts";
import { RequestRefusedError } from "./request-refusal.ts";

export interface HealthOptions {
  /** What must answer before this process takes requests. */
  readonly checks: readonly ReadinessCheck[];
  readonly version: string;
}

export interface ReadinessCheck {
  /** Names it in the log. */
  readonly name: string;
  /** Rejects where it does not answer. */
  readonly check: () => Promise<unknown>;
}

const checkMilliseconds = 5_000;
/** Anyone may ask, so one answer serves all who ask within this time. */
const answerHoldsMilliseconds = 1_000;

/**
 * `/health/live`: the process runs. `/health/ready`: what it needs answers. Both without an identity, for the
 * platform's probes have none, and both without a word about the inside but the version: the log says which check
 * failed and why.
 */
export const health: FastifyPluginAsync<HealthOptions> = async (server, { checks, version }) => {
  let answer: Promise<boolean> | undefined;
  let answeredAt = -Infinity;

  const isReady = () => {
    if (answer === undefined || performance.now() - answeredAt > answerHoldsMilliseconds) {
      answeredAt = performance.now();
      answer = allAnswer();
    }
    return answer;
  };

  const allAnswer = async () => {
    const outcomes = await Promise.allSettled(
      checks.map(({ check }) => withDeadline(Promise.resolve().then(check), checkMilliseconds)),
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") continue;
      server.log.error({ err: outcome.reason, check: checks[index]?.name }, "readiness check failed");
    }
    return outcomes.every(({ status }) => status === "fulfilled");
  };

  // Replied to as they are: what compiles schemas is not loaded yet when the first probe comes.
  const open = { config: { answersAnyone: true }, serializerCompiler: () => JSON.stringify };
  const live = schemaOf("live", "Whether the process runs");
  server.get(healthPaths.live, { ...open, schema: live }, async () => ({ status: "live" }));
  const ready = schemaOf("ready", "Whether everything that the process needs answers", {
    version: Type.String({ description: "Commit and content hash of what runs" }),
  });
  server.get(healthPaths.ready, { ...open, schema: ready }, async () => {
    if (!(await isReady())) throw new RequestRefusedError("not-ready", "not ready");
    return { status: "ready", version };
  });
};

function schemaOf(status: "live" | "ready", summary: string, more: Record<string, TSchema> = {}) {
  return {
    operationId: status,
    summary,
    tags: ["health"],
    security: [],
    response: { 200: Type.Object({ status: Type.Literal(status), ...more }) },
  };
}
