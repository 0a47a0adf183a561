/**
 * What infrastructure and app agree on: names of environment variables, port, health paths, object prefixes.
 * Both sides import this file; it imports nothing.
 */

/**
 * The environment variables that the app reads and that whoever starts it must give. The stack writes its
 * values `satisfies Record<RuntimeVariable, …>`, so that a variable added here and not given does not compile.
 *
 * - `PROJECT_ID`: the Google Cloud project; the log names a request's trace by it.
 * - `PUBLIC_ORIGIN`: scheme and host that people see, such as `https://photos.example.com`; no path, no slash.
 * - `IAP_AUDIENCE`: the exact `aud` of Identity-Aware Proxy's assertions,
 *   `/projects/NUMBER/global/backendServices/ID`.
 * - `IAP_KEY_SET_URL`: where the proxy's public keys (a JSON Web Key Set) are read.
 * - `IDENTITY_KEY`: at least 32 characters; keys the pseudonyms of people in the records store. A secret.
 * - `MEDIA_STORE`, `RECORDS_STORE`, `UPLOADS_STORE`: `gs://BUCKET`, or `file:///FOLDER` on one machine; three
 *   different ones.
 * - `DELETED_KEPT_DAYS`: for how many days what was deleted from the stores can be brought back there: older versions,
 *   soft deletion and backups together. 0 where nothing is kept. Who closes an account is told by it.
 * - `CACHE_FOLDER`: a writable folder for files that may vanish at any time.
 * - `ADMINISTRATORS`: e-mail addresses, separated by commas; may be empty.
 * - `EVENTS_AUDIENCE`, `EVENTS_ACCOUNT`: the exact `aud` and `email` of the tokens that pushed events carry.
 * - `EVENTS_KEY_SET_URL`: where the public keys of those tokens (a JSON Web Key Set) are read.
 */
export const runtimeVariables = [
  "PROJECT_ID",
  "PUBLIC_ORIGIN",
  "IAP_AUDIENCE",
  "IAP_KEY_SET_URL",
  "IDENTITY_KEY",
  "MEDIA_STORE",
  "RECORDS_STORE",
  "UPLOADS_STORE",
  "DELETED_KEPT_DAYS",
  "CACHE_FOLDER",
  "ADMINISTRATORS",
  "EVENTS_AUDIENCE",
  "EVENTS_ACCOUNT",
  "EVENTS_KEY_SET_URL",
] as const;

export type RuntimeVariable = (typeof runtimeVariables)[number];

/**
 * What the `web` role signs with for an edge that verifies; both or neither. Neither: it stands behind another edge,
 * and streams photos itself.
 *
 * - `MEDIA_KEY`: 16 bytes in padded base64url, as the edge has them. A secret.
 * - `MEDIA_KEY_NAME`: what the edge calls that key; another one means that the key was rotated.
 */
export const mediaKeyVariables = ["MEDIA_KEY", "MEDIA_KEY_NAME"] as const;

export type MediaKeyVariable = (typeof mediaKeyVariables)[number];

/**
 * What the `maintenance` role is told of an edge that keeps copies of what the media store holds. Not given: nothing does.
 *
 * - `EDGE_URL_MAP`: the name of the load balancer's URL map in `PROJECT_ID`, such as `imgstream`.
 */
export const edgeVariables = ["EDGE_URL_MAP"] as const;

export type EdgeVariable = (typeof edgeVariables)[number];

/**
 * Where the `web` role counts together with its other instances; none where there is no Redis, and each counts for
 * itself then.
 *
 * - `REDIS_URL`: `rediss://HOST:PORT`; `redis://HOST:PORT` for a loopback host only.
 * - `REDIS_PASSWORD`: what Redis asks for, where it does. A secret.
 * - `REDIS_CERTIFICATES`: whoever may have signed its certificate, one or more in PEM; with `rediss:` only.
 */
export const redisVariables = ["REDIS_URL", "REDIS_PASSWORD", "REDIS_CERTIFICATES"] as const;

export type RedisVariable = (typeof redisVariables)[number];

/**
 * Read where given, never required.
 *
 * - `PAGE_FOLDER`: the built page, a folder with `index.html`. Default: `../dist/web` beside the program's folder.
 * - `STORAGE_EMULATOR_HOST`: a stand-in for Cloud Storage, loopback only; Google's libraries know the same name.
 * - `PUBSUB_EMULATOR_HOST`: a stand-in for Pub/Sub, such as `http://127.0.0.1:8085`, loopback only. Without it events are
 *   published where the stores are Google's own, and nowhere else.
 * - `REQUEST_LIMITS`: how many requests of a kind one person may send at once and a second, where it is not the default:
 *   `uploads=100/10,reads=300/50`; the kinds are `requestKinds`.
 * - `IMGSTREAM_VERSION`: what health replies, log lines and the page call this version. Default: `development`.
 */
export const optionalVariables = [
  "PAGE_FOLDER",
  "STORAGE_EMULATOR_HOST",
  "PUBSUB_EMULATOR_HOST",
  "REQUEST_LIMITS",
  "IMGSTREAM_VERSION",
] as const;

export type OptionalVariable = (typeof optionalVariables)[number];

/**
 * What a person's requests are counted as, each kind for itself, so that an upload of thousands of photos does not use
 * up what looking at them needs.
 *
 * - `reads`: readings of the API, the page included.
 * - `searches`: readings that look at every record: by words, and facets.
 * - `writes`: everything that changes something.
 * - `uploads`: photos begun, at once or in parts.
 * - `bytes`: files, or parts of them, read from or sent to this service itself, where no edge and no store does it.
 */
export const requestKinds = ["reads", "searches", "writes", "uploads", "bytes"] as const;

export type RequestKind = (typeof requestKinds)[number];

/**
 * What libraries of the system read before the program's first line: whoever starts it gives them. Without, it is as
 * correct, but slower or larger.
 *
 * - `UV_THREADPOOL_SIZE`: threads for files, decoders and questions to the catalog; the program sets the same where it
 *   is not given.
 * - `MALLOC_ARENA_MAX`: heaps that glibc divides threads among. What one has kept no other uses: by default, eight for
 *   each core, a process that decodes pictures peaks a hundred MiB higher.
 */
export const startVariables = { UV_THREADPOOL_SIZE: "16", MALLOC_ARENA_MAX: "2" } as const;

/** Set by Cloud Run itself, and refused there when declared: where the app listens. */
export const portVariable = "PORT";

/** The port that Cloud Run is told to send requests to. On one machine the runner picks a free one instead. */
export const containerPort = 8080;

/** Answered without an identity: the platform's probes have none. */
export const healthPaths = { live: "/health/live", ready: "/health/ready" } as const;

/** Where the keys of Google's own proxy are published: https://cloud.google.com/iap/docs/signed-headers-howto */
export const googleIapKeySetUrl = "https://www.gstatic.com/iap/verify/public_key-jwk";

/**
 * Paths whose time is the client's to decide: a live stream stays open, an upload takes as long as the line needs.
 * Objectives and alerts on latency leave them out.
 */
export const unhurriedPaths = { upload: "/v1/photos", live: "/v1/events" } as const;

/** Where Google publishes the keys of its OpenID tokens: https://accounts.google.com/.well-known/openid-configuration */
export const googleOpenIdKeySetUrl = "https://www.googleapis.com/oauth2/v3/certs";

/** Where the worker takes events: the path is this and the topic's name in the stack. */
export const eventsPath = "/events/";

/** The last parts of the topics' names, all in `PROJECT_ID`. */
export const eventTopics = {
  uploads: "imgstream-uploads",
  catalog: "imgstream-catalog",
  published: "imgstream-published",
} as const;

/** Object names begin with these. The load balancer sends paths under the media ones to the media bucket. */
export const objectPrefixes = {
  originals: "photos/",
  previews: "previews/",
  thumbnails: "thumbnails/",
  catalog: "catalog/",
  identities: "identities/",
  uploads: "temp/uploads/",
  sessions: "temp/sessions/",
  processing: "temp/processing/",
  walks: "temp/walks/",
} as const;

/** What the image is made of: paths are of the repository. */
export const program = {
  entry: "app/main.ts",
  page: "app/web",
  /** Have native code, which cannot be bundled. */
  nativePackages: ["@duckdb/node-api", "sharp"],
  /** Fastify requires them where nothing else compiles schemas, or to be tested: no role needs one. */
  lazyPackages: ["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler", "light-my-request"],
  /** What Fastify and its plugins require at the top of a file, and no instance needs to be ready. */
  lateRequires: [
    {
      module: "node:https",
      by: ["fastify/lib/server.js"],
      because: "the platform ends TLS before the app",
    },
    {
      module: "node:http2",
      by: ["fastify/lib/server.js"],
      because: "the platform speaks HTTP/1.1 to the app",
    },
    {
      module: "node:assert",
      by: [
        "fastify/lib/plugin-utils.js",
        "find-my-way/index.js",
        "find-my-way/lib/constrainer.js",
        "find-my-way/lib/strategies/accept-host.js",
        "find-my-way/lib/strategies/accept-version.js",
      ],
      because: "what is asserted holds",
    },
    {
      module: "assert",
      by: ["sonic-boom/index.js"],
      because: "what is asserted holds",
    },
    {
      module: "node:dns",
      by: ["fastify/lib/server.js"],
      because: "only a server that listens at `localhost` asks which addresses that is",
    },
    {
      module: "@pinojs/redact",
      by: ["pino/lib/redaction.js"],
      because: "the log names what it writes, and leaves nothing out by its path",
    },
    {
      module: "semver",
      by: ["fastify/lib/plugin-utils.js"],
      because: "only a plugin that names versions of Fastify is compared with its version",
    },
    {
      module: "thread-stream",
      by: ["pino/lib/transport.js"],
      because: "the log goes to standard output from the main thread",
    },
    {
      module: "@fastify/proxy-addr",
      by: ["fastify/lib/request.js"],
      because: "no proxy's word about addresses is trusted",
    },
    {
      module: "fast-querystring",
      by: ["find-my-way/index.js"],
      because: "the platform's probe has no query",
    },
    {
      module: "@fastify/busboy",
      by: ["@fastify/multipart/index.js"],
      because: "the platform's probe is no form",
    },
  ],
} as const;

/** The part that one process of the image plays, chosen by its command. */
export const roles = ["web", "worker", "maintenance"] as const;

export type Role = (typeof roles)[number];
