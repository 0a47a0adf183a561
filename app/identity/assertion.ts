import { profileTextLimits } from "../catalog/profile.ts";
import { createHash } from "../late-crypto.ts";
import type { JWTPayload, JWTVerifyGetKey, errors as Errors } from "jose";
import { AssertionRefusedError, KeySetUnavailableError } from "./assertion-refusal.ts";
import type { RefusalReason } from "./assertion-refusal.ts";
import { writtenLine } from "../written-text.ts";
import { loadTokenLibrary } from "./token-library.ts";

/** What a verified assertion of Identity-Aware Proxy says. */
export interface Assertion {
  /** Stable for one person and never used for another: what people are known by. */
  readonly subject: string;
  readonly email: string;
  readonly name: string | null;
  readonly expiresAtSeconds: number;
}

export interface AssertionVerifier {
  /**
   * Verifies one assertion, or remembers that it did.
   *
   * @throws AssertionRefusedError whatever is wrong with it; `reason` says what, for the log.
   * @throws KeySetUnavailableError when the public keys cannot be read: nothing is known about the assertion.
   */
  verify(token: string | undefined): Promise<Assertion>;
}

export interface AssertionVerifierOptions {
  /** The one `aud` that is accepted, such as `/projects/NUMBER/global/backendServices/ID`. */
  readonly audience: string;
  readonly keySet: JWTVerifyGetKey;
  /** @default the system's clock */
  readonly now?: () => Date;
}

/** https://cloud.google.com/iap/docs/signed-headers-howto#verifying_the_jwt_payload */
const issuer = "https://cloud.google.com/iap";
const skewSeconds = 30;
/** Longer ones are refused unread: Google's are under 2 kB. */
const longestToken = 8192;
const rememberedTokens = 2000;

/**
 * ES256 only, exact issuer, exact audience, `exp` and `iat` required with 30 seconds of skew, key by `kid`.
 * Verified assertions are remembered by their hash until they expire: a page's hundred requests carry one.
 */
export function createAssertionVerifier(options: AssertionVerifierOptions): AssertionVerifier {
  const now = options.now ?? (() => new Date());
  const remembered = new Map<string, Assertion>();

  return {
    async verify(token) {
      if (token === undefined || token === "") throw new AssertionRefusedError("missing");
      if (token.length > longestToken) throw new AssertionRefusedError("malformed");
      const digest = createHash("sha256").update(token).digest("base64");
      const known = remembered.get(digest);
      if (known !== undefined) {
        if (now().getTime() / 1000 < known.expiresAtSeconds + skewSeconds) return known;
        remembered.delete(digest);
        throw new AssertionRefusedError("expired");
      }

      const assertion = readClaims(await verifiedPayload(token, options, now()), options.audience, now());
      if (remembered.size >= rememberedTokens) {
        const oldest = remembered.keys().next();
        if (oldest.done !== true) remembered.delete(oldest.value);
      }
      remembered.set(digest, assertion);
      return assertion;
    },
  };
}

async function verifiedPayload(
  token: string,
  options: AssertionVerifierOptions,
  currentDate: Date,
): Promise<JWTPayload> {
  const { errors, jwtVerify } = await loadTokenLibrary();
  try {
    const { payload } = await jwtVerify(
      token,
      (header, jws) => {
        if (typeof header.kid !== "string") throw new AssertionRefusedError("unknown-key");
        return options.keySet(header, jws);
      },
      {
        algorithms: ["ES256"],
        issuer,
        audience: options.audience,
        requiredClaims: ["exp", "iat", "sub"],
        clockTolerance: skewSeconds,
        currentDate,
      },
    );
    return payload;
  } catch (error) {
    if (error instanceof AssertionRefusedError || error instanceof KeySetUnavailableError) throw error;
    const reason = refusalReason(error, errors);
    if (reason === undefined) throw new KeySetUnavailableError({ cause: error });
    throw new AssertionRefusedError(reason, { cause: error });
  }
}

/** Undefined where the fault is not the assertion's: the keys could not be fetched or read. */
function refusalReason(error: unknown, errors: typeof Errors): RefusalReason | undefined {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === "missing") return "claim-missing";
    if (error.claim === "iss") return "wrong-issuer";
    if (error.claim === "aud") return "wrong-audience";
    if (error.claim === "nbf") return "not-yet-valid";
    return "malformed";
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "wrong-algorithm";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return "unknown-key";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "wrong-signature";
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return "malformed";
  }
  return undefined;
}

/** What the library leaves open: one audience and not a list of them, `iat` in the past, the claims of a person. */
function readClaims(payload: JWTPayload, audience: string, currentDate: Date): Assertion {
  if (payload.aud !== audience) throw new AssertionRefusedError("wrong-audience");
  const { exp, iat, sub, email, name } = payload;
  if (exp === undefined || iat === undefined) throw new AssertionRefusedError("claim-missing");
  if (iat > currentDate.getTime() / 1000 + skewSeconds) throw new AssertionRefusedError("not-yet-valid");
  if (typeof sub !== "string" || sub === "" || typeof email !== "string" || email === "") {
    throw new AssertionRefusedError("claim-missing");
  }
  return {
    subject: sub,
    email,
    // Somebody with a long name signs in all the same.
    name: typeof name === "string" ? writtenLine(name, profileTextLimits.name) : null,
    expiresAtSeconds: exp,
  };
}
