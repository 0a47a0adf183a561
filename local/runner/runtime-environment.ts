import { pathToFileURL } from "node:url";
import type { MediaKeyVariable, RuntimeVariable } from "../../app/runtime-contract.ts";
import { localEvents } from "../events/local-events.ts";
import type { DataFolder } from "./data-folder.ts";

/** In the form of the real ones; the edge signs for it and the app accepts no other. */
export const localAudience = "/projects/100000000000/global/backendServices/1000000000000000000";

/** In the form of the real ones: a prefix and the number of the secret's version. */
export const localMediaKeyName = "media-v1";

/** What the operating system gives every program; nothing else of this terminal's environment reaches the app. */
const inherited = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "SystemRoot", "TEMP", "TMP"] as const;

/** The environment of the app's processes: what the stack gives in the cloud, pointed at this machine. */
export function runtimeEnvironment(
  data: DataFolder,
  edge: { readonly origin: string; readonly keySetUrl: string },
  events: { readonly keySetUrl: string; readonly endpoint: string },
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const passedOn = inherited.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passedOn),
    ...({
      PROJECT_ID: "imgstream-local",
      PUBLIC_ORIGIN: edge.origin,
      IAP_AUDIENCE: localAudience,
      IAP_KEY_SET_URL: edge.keySetUrl,
      IDENTITY_KEY: data.identityKey,
      MEDIA_STORE: pathToFileURL(data.mediaFolder).href,
      RECORDS_STORE: pathToFileURL(data.recordsFolder).href,
      UPLOADS_STORE: pathToFileURL(data.uploadsFolder).href,
      // A folder keeps nothing of what is removed from it.
      DELETED_KEPT_DAYS: "0",
      CACHE_FOLDER: data.cacheFolder,
      ADMINISTRATORS: "admin@example.com",
      EVENTS_AUDIENCE: localEvents.audience,
      EVENTS_ACCOUNT: localEvents.account,
      EVENTS_KEY_SET_URL: events.keySetUrl,
      MEDIA_KEY: data.mediaKey,
      MEDIA_KEY_NAME: localMediaKeyName,
    } satisfies Record<RuntimeVariable | MediaKeyVariable, string>),
    PAGE_FOLDER: data.pageFolder,
    PUBSUB_EMULATOR_HOST: events.endpoint,
  };
}
