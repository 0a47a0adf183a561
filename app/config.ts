import { isAbsolute, join } from "node:path";
import {
  isAddress,
  isLoopback,
  isLoopbackOrigin,
  isTrusted,
  parseUrl,
  readAddresses,
  readPort,
  readStore,
  storeExpected,
} from "./config-values.ts";
import type { StoreLocation } from "./config-values.ts";
import { readRequestLimits, requestLimitsExpected } from "./http/rate-limit/request-limits.ts";
import type { RequestLimits } from "./http/rate-limit/request-limits.ts";
import { readMediaKey } from "./media/signing-key.ts";
import type { SigningKey } from "./media/signing-key.ts";
import { readRedisAddress } from "./redis/redis-address.ts";
import type { RedisAddress } from "./redis/redis-address.ts";
import { portVariable } from "./runtime-contract.ts";
import type {
  EdgeVariable,
  MediaKeyVariable,
  OptionalVariable,
  RedisVariable,
  RuntimeVariable,
} from "./runtime-contract.ts";

/** What a process of this service is told; see runtime-contract.ts for what each variable means. */
export interface Config {
  readonly projectId: string;
  readonly publicOrigin: string;
  readonly audience: string;
  readonly keySetUrl: string;
  readonly identityKey: string;
  readonly mediaStore: StoreLocation;
  readonly recordsStore: StoreLocation;
  readonly uploadsStore: StoreLocation;
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
  /** Loopback where people reach this service at a loopback address, else every interface. */
  readonly host: "127.0.0.1" | "0.0.0.0";
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

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the whole configuration, once, at the edge of the process. Nothing else reads the environment.
 *
 * @throws ConfigError naming every problem at once.
 */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];

  /** `read` returns undefined for a value that is not `expected`; secrets are not repeated in the complaint. */
  const take = <T>(
    name: RuntimeVariable,
    expected: string,
    read: (value: string) => T | undefined,
    isSecret = false,
  ): T | undefined => {
    const value = environment[name];
    if (value === undefined) {
      problems.push(`${name} is missing: expected ${expected}`);
      return undefined;
    }
    const result = read(value);
    const received = isSecret ? `${value.length} characters` : `'${value}'`;
    if (result === undefined) problems.push(`${name} is ${received}: expected ${expected}`);
    return result;
  };
  const optional = (
    name: OptionalVariable | MediaKeyVariable | EdgeVariable | RedisVariable | typeof portVariable,
  ) => environment[name] || undefined;

  const projectId = take("PROJECT_ID", "the id of a Google Cloud project, such as 'imgstream-dev'", (value) =>
    /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(value) ? value : undefined,
  );
  const publicOrigin = take(
    "PUBLIC_ORIGIN",
    "scheme and host without a path, such as 'https://photos.example.com' (http for a loopback host only)",
    (value) => (isTrusted(parseUrl(value)) && parseUrl(value)?.origin === value ? value : undefined),
  );
  const audience = take(
    "IAP_AUDIENCE",
    "'/projects/NUMBER/global/backendServices/ID', the audience of the identity proxy's assertions",
    (value) => (/^\/projects\/\d+\/global\/backendServices\/\d+$/.test(value) ? value : undefined),
  );
  const keySetUrl = take(
    "IAP_KEY_SET_URL",
    "an https address (http for a loopback host only) of the identity proxy's public keys",
    (value) => (isTrusted(parseUrl(value)) ? value : undefined),
  );
  const identityKey = take(
    "IDENTITY_KEY",
    "at least 32 characters, kept secret and never changed",
    (value) => (value.length >= 32 ? value : undefined),
    true,
  );
  const mediaStore = take("MEDIA_STORE", storeExpected, readStore);
  const recordsStore = take("RECORDS_STORE", storeExpected, readStore);
  const uploadsStore = take("UPLOADS_STORE", storeExpected, readStore);
  if (mediaStore !== undefined && environment["MEDIA_STORE"] === environment["RECORDS_STORE"]) {
    problems.push(
      "RECORDS_STORE is the same as MEDIA_STORE: expected another, for the edge may read the media",
    );
  }
  if (uploadsStore !== undefined) {
    for (const other of ["MEDIA_STORE", "RECORDS_STORE"] as const) {
      if (environment[other] === environment["UPLOADS_STORE"]) {
        problems.push(
          `UPLOADS_STORE is the same as ${other}: expected another, for what lies there is deleted after two days`,
        );
      }
    }
  }
  const cacheFolder = take("CACHE_FOLDER", "the absolute path of a folder", (value) =>
    isAbsolute(value) ? value : undefined,
  );
  const administrators = take(
    "ADMINISTRATORS",
    "e-mail addresses separated by commas, or nothing",
    readAddresses,
  );
  const eventsAudience = take("EVENTS_AUDIENCE", "an https address, the audience of pushed events", (value) =>
    isTrusted(parseUrl(value)) ? value : undefined,
  );
  const eventsAccount = take(
    "EVENTS_ACCOUNT",
    "the e-mail address of the account that pushes events",
    (value) => (isAddress(value) ? value : undefined),
  );
  const eventsKeySetUrl = take(
    "EVENTS_KEY_SET_URL",
    "an https address (http for a loopback host only) of the public keys of pushed events",
    (value) => (isTrusted(parseUrl(value)) ? value : undefined),
  );
  const port = readPort(optional(portVariable));
  if (port === undefined) {
    problems.push(`${portVariable} is '${environment[portVariable]}': expected a number from 0 to 65535`);
  }
  const pageFolder = optional("PAGE_FOLDER") ?? join(import.meta.dirname, "../dist/web");
  if (!isAbsolute(pageFolder)) {
    problems.push(`PAGE_FOLDER is '${pageFolder}': expected the absolute path of a folder, or nothing`);
  }

  const mediaKey = readMediaKey(optional("MEDIA_KEY"), optional("MEDIA_KEY_NAME"), (problem) =>
    problems.push(problem),
  );
  const edgeUrlMap = optional("EDGE_URL_MAP");
  if (edgeUrlMap !== undefined && !/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(edgeUrlMap)) {
    problems.push(
      `EDGE_URL_MAP is '${edgeUrlMap}': expected the name of a URL map, up to 63 small letters, digits and '-', or nothing`,
    );
  }
  const redis = readRedisAddress(
    {
      REDIS_URL: optional("REDIS_URL"),
      REDIS_PASSWORD: optional("REDIS_PASSWORD"),
      REDIS_CERTIFICATES: optional("REDIS_CERTIFICATES"),
    },
    (problem) => problems.push(problem),
  );
  const standIn = (name: "STORAGE_EMULATOR_HOST" | "PUBSUB_EMULATOR_HOST") => {
    const value = optional(name);
    if (value !== undefined && !isLoopbackOrigin(value)) {
      problems.push(
        `${name} is '${value}': expected scheme, loopback host and port such as 'http://127.0.0.1:4443', or nothing`,
      );
    }
    return value;
  };
  const storageEndpoint = standIn("STORAGE_EMULATOR_HOST");
  const pubsubEndpoint = standIn("PUBSUB_EMULATOR_HOST");
  const requestLimits = readRequestLimits(optional("REQUEST_LIMITS"));
  if (requestLimits === undefined) {
    problems.push(`REQUEST_LIMITS is '${optional("REQUEST_LIMITS")}': expected ${requestLimitsExpected}`);
  }
  const version = optional("IMGSTREAM_VERSION") ?? "development";
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
    mediaStore === undefined ||
    recordsStore === undefined ||
    uploadsStore === undefined ||
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
    mediaStore: Object.freeze(mediaStore),
    recordsStore: Object.freeze(recordsStore),
    uploadsStore: Object.freeze(uploadsStore),
    storageEndpoint,
    pubsubEndpoint,
    mediaKey,
    edgeUrlMap,
    cacheFolder,
    administrators: Object.freeze(administrators),
    events: Object.freeze({ audience: eventsAudience, account: eventsAccount, keySetUrl: eventsKeySetUrl }),
    port,
    host: isLoopback(new URL(publicOrigin)) ? "127.0.0.1" : "0.0.0.0",
    redis,
    requestLimits,
    pageFolder,
    version,
  });
}
