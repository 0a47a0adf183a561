import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Access tokens and whom they stand for. */
export class Tokens {
  readonly #members = new Map<string, string>();

  /** A new token for a member, such as `serviceAccount:deployer@p.iam.gserviceaccount.com`. */
  issue(member: string): string {
    const token = `ya29.stand-in-${randomBytes(16).toString("hex")}`;
    this.#members.set(token, member);
    return token;
  }

  /** Who sends a request; undefined without a token that was issued here. */
  callerOf(request: IncomingMessage): string | undefined {
    const token = request.headers.authorization?.match(/^Bearer (.+)$/)?.[1];
    return token === undefined ? undefined : this.memberOf(token);
  }

  memberOf(token: string): string | undefined {
    return this.#members.get(token);
  }
}
