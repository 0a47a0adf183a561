import type { ContainerSpec } from "./container-spec.ts";
import { type Container, startContainer } from "./container.ts";
import { defaultStartupProbe, type Probe, probeOnce, probeUntilReady } from "./probe.ts";

export interface RevisionSpec extends ContainerSpec {
  /** Such as `imgstream-web-00002-abc`. */
  readonly name: string;
  readonly startupProbe?: Probe;
  /** Restarts the container when it fails as often as it may. @default none */
  readonly livenessProbe?: Probe;
}

export interface Revision {
  readonly name: string;
  readonly origin: string;
  readonly log: readonly string[];
  stop(graceSeconds?: number): Promise<void>;
}

/** The revision never became ready; the message is the one that a deploy shows, the log says why. */
export class RevisionNotReadyError extends Error {
  readonly code = "revision-not-ready";
  readonly log: readonly string[];

  constructor(revision: string, cause: string, log: readonly string[]) {
    super(`Revision '${revision}' is not ready and cannot serve traffic. ${cause}`);
    this.log = log;
  }
}

/**
 * Starts a revision's container and resolves once its startup probe has succeeded. One instance serves it;
 * a container that ends by itself, or fails its liveness probe, is started again.
 *
 * @throws RevisionNotReadyError
 */
export async function startRevision(spec: RevisionSpec): Promise<Revision> {
  const stopping = new AbortController();
  let container = await startReady(spec);

  const keepAlive = async () => {
    while (!stopping.signal.aborted) {
      await endOrFailure(container, spec.livenessProbe);
      if (stopping.signal.aborted) return;
      await container.stop(0);
      const next = await startReady(spec).catch(() => undefined);
      if (next === undefined) continue;
      container = next;
      if (stopping.signal.aborted) await container.stop(0);
    }
  };
  const kept = keepAlive();

  return {
    name: spec.name,
    get origin() {
      return container.origin;
    },
    get log() {
      return container.log;
    },
    stop: async (graceSeconds) => {
      stopping.abort();
      await container.stop(graceSeconds);
      await kept;
    },
  };
}

async function startReady(spec: RevisionSpec): Promise<Container> {
  const container = await startContainer(spec);
  const gone = new AbortController();
  void container.exited.then(() => gone.abort());
  const probe = spec.startupProbe ?? defaultStartupProbe;
  const { isPassed, said } = await probeUntilReady(probe, container.origin, gone.signal);
  if (isPassed) return container;
  const hasEnded = gone.signal.aborted;
  await container.stop(0);
  const { code, reason } = await container.exited;
  const cause = hasEnded
    ? `The user-provided container ended with exit code ${code}${reason === "memory" ? " for want of memory" : ""}.`
    : `The user-provided container failed the configured startup probe checks: ${said}.`;
  throw new RevisionNotReadyError(spec.name, cause, container.log);
}

/** Resolves when the container has ended, or its liveness probe has failed as often as it may. */
async function endOrFailure(container: Container, probe: Probe | undefined): Promise<void> {
  if (probe === undefined) {
    await container.exited;
    return;
  }
  let failures = 0;
  const gone = new AbortController();
  const ended = container.exited.then(() => gone.abort());
  while (!gone.signal.aborted && failures < (probe.failureThreshold ?? 3)) {
    await Promise.race([ended, pause((probe.periodSeconds ?? 10) * 1000)]);
    if (gone.signal.aborted) return;
    failures = (await probeOnce(probe, container.origin)).isPassed ? 0 : failures + 1;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
