import { objectAt, objectsAt, textAt } from "../google-apis/engine/json.ts";
import { resourceAt } from "./declared-route.ts";
import { askManyTimes } from "./many-requests.ts";
import { expectStatus } from "./reply-check.ts";
import type { Stage } from "./stage.ts";

/** Somebody who asks too much, and somebody else: as if from elsewhere. */
const [hasty, other] = ["127.66.0.1", "127.66.0.2"];
interface DeclaredRate {
  readonly most: number;
  readonly seconds: number;
}

/** What the app's firewall lets one address send. @throws Error where it lets it send what it likes */
function declaredRate(stage: Stage): DeclaredRate {
  const { state } = stage.platform.world;
  for (const backend of state.all({ collection: "compute.backendServices" })) {
    const policy = resourceAt(stage.platform.world, textAt(backend.body, "securityPolicy"));
    if (policy === undefined) throw new Error(`the backend ${backend.name} stands behind no firewall`);
    const rule = objectsAt(policy.body, "rules").find(({ action }) => action === "throttle");
    if (rule === undefined)
      throw new Error(`no rule of the firewall ${policy.name} limits how much one address may ask`);
    const { count, intervalSec } = objectAt(rule, "rateLimitOptions.rateLimitThreshold");
    return { most: Number(count), seconds: Number(intervalSec) };
  }
  throw new Error("no backend service is declared");
}

/** Who asks more than is declared is refused before sign-in and app see it; others go on. */
export async function walkFirewall(stage: Stage): Promise<string> {
  const { most, seconds } = declaredRate(stage);
  const tooMany = 20;
  const statuses = await askManyTimes({ ...stage.atEdge, from: hasty }, "/v1/users/me", most + tooMany);
  const [refused = 0, asked = 0] = [statuses.get(429), statuses.get(401)];
  if (refused !== tooMany || asked !== most) {
    const seen = [...statuses].map(([status, count]) => `${count} times ${status}`).join(", ");
    throw new Error(
      `one address asked ${most + tooMany} times, ${most} of which the firewall should have let through in ${seconds} s: ${seen}`,
    );
  }
  expectStatus(stage, "another address", await stage.visitor(other).ask("GET", "/v1/users/me"), 401);
  const { leftToGoogle } = stage.platform.edge.firewall;
  const names = [...leftToGoogle.keys()].map((name) => name.replace(/^.*: /, "")).toSorted();
  return (
    `one address is let through ${most} times in ${seconds} s, then refused, and another is not; ` +
    `not evaluated, for only Google has the signatures: ${names.length === 0 ? "none" : names.join(", ")}`
  );
}
