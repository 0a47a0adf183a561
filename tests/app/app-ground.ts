import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RuntimeVariable } from "../../app/runtime-contract.ts";
import { createTestIssuer, testAudience } from "./iap-issuer.ts";

/** A data folder, published keys and the environment to start real processes on them. */
export async function createGround() {
  const folder = mkdtempSync(join(tmpdir(), "imgstream-app-"));
  const issuer = await createTestIssuer();
  const keys = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [issuer.publicJwk] })),
  );
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));

  const pageFolder = join(folder, "page");
  const environment: Record<RuntimeVariable | "PORT" | "PAGE_FOLDER", string> = {
    PROJECT_ID: "imgstream-test",
    PUBLIC_ORIGIN: "http://localhost:8080",
    IAP_AUDIENCE: testAudience,
    IAP_KEY_SET_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    IDENTITY_KEY: "an identity key of at least 32 characters",
    MEDIA_STORE: pathToFileURL(join(folder, "media")).href,
    RECORDS_STORE: pathToFileURL(join(folder, "records")).href,
    UPLOADS_STORE: pathToFileURL(join(folder, "uploads")).href,
    DELETED_KEPT_DAYS: "0",
    CACHE_FOLDER: join(folder, "cache"),
    ADMINISTRATORS: "",
    EVENTS_AUDIENCE: "http://localhost/events",
    EVENTS_ACCOUNT: "events@example.com",
    EVENTS_KEY_SET_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    PORT: "0",
    PAGE_FOLDER: pageFolder,
  };

  return {
    folder,
    /** Not made: without it the page is not built. */
    pageFolder,
    issuer,
    environment,
    /** The program whose argument is the role. */
    program: join(import.meta.dirname, "../../app/main.ts"),
    /** Of a signed-in person's request, writes included. */
    async headers(claims?: Record<string, unknown>) {
      return {
        "x-goog-iap-jwt-assertion": await issuer.sign(claims),
        "x-requested-with": "XMLHttpRequest",
      };
    },
    async close() {
      await new Promise((resolve) => keys.close(resolve));
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
