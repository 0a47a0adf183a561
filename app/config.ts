import { isAbsolute, join } from "node:path";
import {
  isAddress,
  isLoopback,
  isLoopbackOrigin,
  isTrusted,
  parseUrl,
  readAddresses,
  readPort,
} from "./config-values.ts";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";
import { readRequestLimits, requestLimitsExpected } from "./http/rate-limit/request-limits.ts";
import type { RequestLimits } from "./http/rate-limit/request-limits.ts";
import { readMediaKey } from "./media/signing-key.ts";
import type { SigningKey } from "./media/signing-key.ts";
import { readRedisAddress } from "./redis/redis-address.ts";
import type { RedisAddress } from "./redis/redis-address.ts";
import { portVariable } from "./runtime-contract.ts";
import { type StoreConfig, readStores } from "./store-config.ts";

/** What a process of this service is told; see runtime-contract.ts for what each variable means. */
export interface Config extends StoreConfig {
  readonly projectId: string;
  readonly publicOrigin: string;
  readonly audience: string;
  readonly keySetUrl: string;
  readonly identityKey: string;
  /** For so many days what was deleted can be brought back in the stores. */
  readonly deletedKeptDays: number;
  /** A stand-in for Cloud Storage. */
  readonly storageEndpoint: string | undefined;
  /** A stand-in for Pub/Sub. */
  readonly pubsubEndpoint: string | undefined;
  /** What the edge verifies signatures with; undefined where this service streams photos itself. */
  readonly mediaKey: SigningKey | undefined;
  /** Name of the URL map whose caches keep copies of the media store's objects; undefined where no edge does. */
  readonly edgeUrlMap: string | undefined;
  readonly cacheFolder: string;
  /** E-mail addresses in lower case. */
  readonly administrators: readonly string[];
  readonly events: EventsConfig;
  /** 0: any free one. */
  readonly port: number;
  /** Loopback where people reach this service at a loopback address; empty elsewhere, which is every interface. */
  readonly host: "127.0.0.1" | "";
  /** Undefined where there is none. */
  readonly redis: RedisAddress | undefined;
  readonly requestLimits: RequestLimits;
  /** Holds the built page's `index.html`. */
  readonly pageFolder: string;
  /** What this version is called wherever a person or a machine meets it. */
  readonly version: string;
}

/** What proves that a pushed event is one of our own subscriptions'. */
export interface EventsConfig {
  readonly audience: string;
  readonly account: string;
  readonly keySetUrl: string;
}

/** The environment is not what this program needs; `problems` has one sentence for each fault. */
export class ConfigError extends Error {
  readonly code = "config-invalid";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The environment variables are not what this program needs:\n${problems.map((p) => `  ${p}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads the whole configuration, once, at the edge of the process. Nothing else reads the environment.
 *
 * @throws ConfigError naming every problem at once.
 */
export function readConfig(environment: Environment): Config {
  const reader = new EnvironmentReader(environment);
  const { problems } = reader;
  const complain = (problem: string) => problems.push(problem);

  const projectId = reader.take(
    "PROJECT_ID",
    "the id of a Google Cloud project, such as 'imgstream-dev'",
    (value) => (/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(value) ? value : undefined),
  );
  const publicOrigin = reader.take(
    "PUBLIC_ORIGIN",
    "scheme and host without a path, such as 'https://photos.example.com' (http for a loopback host only)",
    (value) => (isTrusted(parseUrl(value)) && parseUrl(value)?.origin === value ? value : undefined),
  );
  const audience = reader.take(
    "IAP_AUDIENCE",
    "'/projects/NUMBER/global/backendServices/ID', the audience of the identity proxy's assertions",
    (value) => (/^\/projects\/\d+\/global\/backendServices\/\d+$/.test(value) ? value : undefined),
  );
  const keySetUrl = reader.take(
    "IAP_KEY_SET_URL",
    "an https address (http for a loopback host only) of the identity proxy's public keys",
    (value) => (isTrusted(parseUrl(value)) ? value : undefined),
  );
  const identityKey = reader.take(
    "IDENTITY_KEY",
    "at least 32 characters, kept secret and never changed",
    (value) => (value.length >= 32 ? value : undefined),
    true,
  );
  const stores = readStores(reader);
  const deletedKeptDays = reader.take(
    "DELETED_KEPT_DAYS",
    "a whole number from 0 to 3650: days for which the stores keep what was deleted",
    (value) => (/^\d{1,4}$/.test(value) && Number(value) <= 3650 ? Number(value) : undefined),
  );
  const cacheFolder = reader.take("CACHE_FOLDER", "the absolute path of a folder", (value) =>
    isAbsolute(value) ? value : undefined,
  );
  const administrators = reader.take(
    "ADMINISTRATORS",
    "e-mail addresses separated by commas, or nothing",
    readAddresses,
  );
  const eventsAudience = reader.take(
    "EVENTS_AUDIENCE",
    "an https address, the audience of pushed events",
    (value) => (isTrusted(parseUrl(value)) ? value : undefined),
  );
  const eventsAccount = reader.take(
    "EVENTS_ACCOUNT",
    "the e-mail address of the account that pushes events",
    (value) => (isAddress(value) ? value : undefined),
  );
  const eventsKeySetUrl = reader.take(
    "EVENTS_KEY_SET_URL",
    "an https address (http for a loopback host only) of the public keys of pushed events",
    (value) => (isTrusted(parseUrl(value)) ? value : undefined),
  );
  const port = readPort(reader.optional(portVariable));
  if (port === undefined) {
    problems.push(`${portVariable} is '${environment[portVariable]}': expected a number from 0 to 65535`);
  }
  const pageFolder = reader.optional("PAGE_FOLDER") ?? join(import.meta.dirname, "../dist/web");
  if (!isAbsolute(pageFolder)) {
    problems.push(`PAGE_FOLDER is '${pageFolder}': expected the absolute path of a folder, or nothing`);
  }

  const mediaKey = readMediaKey(reader.optional("MEDIA_KEY"), reader.optional("MEDIA_KEY_NAME"), complain);
  const edgeUrlMap = reader.optionalIf(
    "EDGE_URL_MAP",
    "the name of a URL map, up to 63 small letters, digits and '-'",
    (value) => /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value),
  );
  const redis = readRedisAddress(
    {
      REDIS_URL: reader.optional("REDIS_URL"),
      REDIS_PASSWORD: reader.optional("REDIS_PASSWORD"),
      REDIS_CERTIFICATES: reader.optional("REDIS_CERTIFICATES"),
    },
    complain,
  );
  const standInExpected = "scheme, loopback host and port such as 'http://127.0.0.1:4443'";
  const storageEndpoint = reader.optionalIf("STORAGE_EMULATOR_HOST", standInExpected, isLoopbackOrigin);
  const pubsubEndpoint = reader.optionalIf("PUBSUB_EMULATOR_HOST", standInExpected, isLoopbackOrigin);
  const requestLimits = readRequestLimits(reader.optional("REQUEST_LIMITS"));
  if (requestLimits === undefined) {
    problems.push(
      `REQUEST_LIMITS is '${reader.optional("REQUEST_LIMITS")}': expected ${requestLimitsExpected}`,
    );
  }
  const version = reader.optional("IMGSTREAM_VERSION") ?? "development";
  if (!/^[\w.-]{1,63}$/.test(version)) {
    problems.push(`IMGSTREAM_VERSION is '${version}': expected up to 63 letters, digits, '.', '_' and '-'`);
  }

  if (
    problems.length > 0 ||
    projectId === undefined ||
    publicOrigin === undefined ||
    audience === undefined ||
    keySetUrl === undefined ||
    identityKey === undefined ||
    stores === undefined ||
    deletedKeptDays === undefined ||
    cacheFolder === undefined ||
    administrators === undefined ||
    eventsAudience === undefined ||
    eventsAccount === undefined ||
    eventsKeySetUrl === undefined ||
    requestLimits === undefined ||
    port === undefined
  ) {
    throw new ConfigError(problems);
  }
  return Object.freeze({
    projectId,
    publicOrigin,
    audience,
    keySetUrl,
    identityKey,
    ...stores,
    deletedKeptDays,
    storageEndpoint,
    pubsubEndpoint,
    mediaKey,
    edgeUrlMap,
    cacheFolder,
    administrators: Object.freeze(administrators),
    events: Object.freeze({ audience: eventsAudience, account: eventsAccount, keySetUrl: eventsKeySetUrl }),
    port,
    // Not `0.0.0.0`: an address that is named Node looks up, and for that compiles a pattern for 4 ms.
    host: isLoopback(new URL(publicOrigin)) ? "127.0.0.1" : "",
    redis,
    requestLimits,
    pageFolder,
    version,
  });
}
