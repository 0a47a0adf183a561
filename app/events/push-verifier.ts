import type { JWTPayload, JWTVerifyGetKey } from "jose";
import { KeySetUnavailableError } from "../identity/assertion-refusal.ts";
import { loadTokenLibrary } from "../identity/token-library.ts";

/** A request that does not prove to be a push of our own subscription. */
export class EventRefusedError extends Error {
  readonly code = "event-refused";

  constructor(reason: string, options?: ErrorOptions) {
    super(`the event's token is refused: ${reason}`, options);
  }
}

export interface PushVerifier {
  /**
   * Verifies the `authorization` header of a push.
   *
   * @throws EventRefusedError whatever is wrong with it; the message says what, for the log
   * @throws KeySetUnavailableError when the public keys cannot be read
   */
  verify(authorization: string | undefined): Promise<void>;
}

export interface PushVerifierOptions {
  /** The one `aud` that is accepted. */
  readonly audience: string;
  /** E-mail address of the one account that pushes. */
  readonly account: string;
  readonly keySet: JWTVerifyGetKey;
  /** @default the system's clock */
  readonly now?: () => Date;
}

/** https://developers.google.com/identity/openid-connect/openid-connect#obtainuserinfo: both spellings are Google's. */
const issuers = ["https://accounts.google.com", "accounts.google.com"];
const skewSeconds = 30;
const longestToken = 8192;

/** https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#validate_tokens */
export function createPushVerifier(options: PushVerifierOptions): PushVerifier {
  const { audience, account, keySet, now = () => new Date() } = options;
  return {
    async verify(authorization) {
      const token = /^bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? "")?.[1];
      if (token === undefined || token.length > longestToken) throw new EventRefusedError("there is none");
      const payload = await verified(token, audience, keySet, now());
      if (payload.aud !== audience) throw new EventRefusedError("it is for several audiences");
      if (payload["email"] !== account || payload["email_verified"] !== true) {
        throw new EventRefusedError("it is of another account");
      }
      if ((payload.iat ?? Infinity) > now().getTime() / 1000 + skewSeconds) {
        throw new EventRefusedError("it is not valid yet");
      }
    },
  };
}

async function verified(
  token: string,
  audience: string,
  keySet: JWTVerifyGetKey,
  currentDate: Date,
): Promise<JWTPayload> {
  const { errors, jwtVerify } = await loadTokenLibrary();
  try {
    const { payload } = await jwtVerify(token, keySet, {
      algorithms: ["RS256"],
      issuer: issuers,
      audience,
      requiredClaims: ["exp", "iat", "email"],
      clockTolerance: skewSeconds,
      currentDate,
    });
    return payload;
  } catch (error) {
    if (error instanceof KeySetUnavailableError) throw error;
    if (error instanceof errors.JOSEError) throw new EventRefusedError(error.message, { cause: error });
    throw new KeySetUnavailableError({ cause: error });
  }
}
