/** As Cloud Run's API has it: https://cloud.google.com/run/docs/reference/rest/v2/Container#Probe */
export interface Probe {
  readonly action:
    | { readonly kind: "http"; readonly path: string }
    /** Ready once something listens. */
    | { readonly kind: "tcp" };
  /** @default 0 */
  readonly initialDelaySeconds?: number;
  /** @default 1 */
  readonly timeoutSeconds?: number;
  /** @default 10 */
  readonly periodSeconds?: number;
  /** @default 3 */
  readonly failureThreshold?: number;
}

/** Of a service that declares none: https://cloud.google.com/run/docs/configuring/healthchecks#startup-probes */
export const defaultStartupProbe: Probe = {
  action: { kind: "tcp" },
  timeoutSeconds: 240,
  periodSeconds: 240,
  failureThreshold: 1,
};

export interface ProbeResult {
  readonly isPassed: boolean;
  /** What was asked and how it was answered, in words. */
  readonly said: string;
}

/** Asks once. A status of 200 to 399 is success, as Google has it. */
export async function probeOnce(probe: Probe, origin: string): Promise<ProbeResult> {
  const { action } = probe;
  const path = action.kind === "http" ? action.path : "/";
  const asked = action.kind === "http" ? `GET ${path}` : "a connection";
  try {
    const response = await fetch(new URL(path, origin), {
      redirect: "manual",
      signal: AbortSignal.timeout((probe.timeoutSeconds ?? 1) * 1000),
      headers: { "user-agent": "GoogleHC/1.0" },
    });
    await response.body?.cancel();
    const isPassed = action.kind === "tcp" || (response.status >= 200 && response.status < 400);
    return { isPassed, said: `${asked} was answered ${response.status}` };
  } catch (error) {
    const why = error instanceof Error ? error.name : String(error);
    return { isPassed: false, said: `${asked} was not answered (${why})` };
  }
}

/**
 * Asks until it succeeds or has failed as often as it may.
 *
 * @param signal ends the waiting early, as a failure: the container is gone
 */
export async function probeUntilReady(
  probe: Probe,
  origin: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const periodMilliseconds = (probe.periodSeconds ?? 10) * 1000;
  const deadline =
    Date.now() + (probe.initialDelaySeconds ?? 0) * 1000 + periodMilliseconds * (probe.failureThreshold ?? 3);
  await pause((probe.initialDelaySeconds ?? 0) * 1000, signal);
  let last: ProbeResult = { isPassed: false, said: "nothing was asked" };
  // Asked more often than declared: the budget is the same, a rehearsal is only told sooner that all is well.
  while (!signal.aborted && Date.now() < deadline) {
    last = await probeOnce(probe, origin);
    if (last.isPassed) return last;
    await pause(Math.min(100, periodMilliseconds), signal);
  }
  return last;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
