import { generateKeyPairSync, sign } from "node:crypto";
import { createLocalJWKSet } from "jose";
import { onTestFinished } from "vitest";
import { createInbox } from "../../app/photos/inbox.ts";
import { createWorkingMemory } from "../../app/photos/working-memory.ts";
import { createPictures } from "../../app/pictures/pictures.ts";
import { createPushVerifier } from "../../app/events/push-verifier.ts";
import { type WorkerDependencies, buildWorker } from "../../app/worker.ts";
import type { PhotoServer } from "../photos/photo-server.ts";

export const audience = "https://photos.example.com/events";
export const account = "events@imgstream-dev.iam.gserviceaccount.com";

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** Signs as Google's token service does. */
export function createGoogleIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "google-1", alg: "RS256", use: "sig" };
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "https://accounts.google.com",
    aud: audience,
    email: account,
    email_verified: true,
    sub: "1",
    iat: now,
    exp: now + 3600,
  };
  return {
    keySet: createLocalJWKSet({ keys: [jwk] }),
    publicKey,
    /** A token in which some claims or fields of the header are others, or, as undefined, missing. */
    token(changed: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
      const content = `${encode({ alg: "RS256", kid: "google-1", ...header })}.${encode({ ...claims, ...changed })}`;
      return `${content}.${sign("sha256", Buffer.from(content), privateKey).toString("base64url")}`;
    },
  };
}

/** A worker beside the given server, over the same stores and another view of the same catalog. */
export async function createTestWorker(
  service: PhotoServer,
  catalogEvents?: WorkerDependencies["catalogEvents"],
) {
  const issuer = createGoogleIssuer();
  const { catalog, media, processing, folder } = service;
  const lines: Record<string, unknown>[] = [];
  const server = await buildWorker({
    publicOrigin: "https://photos.example.com",
    readiness: [],
    log: {
      role: "worker",
      projectId: "imgstream-test",
      version: "test",
      destination: { write: (line) => lines.push(JSON.parse(line)) },
    },
    catalogEvents,
    events: {
      catalog,
      media,
      processing,
      pictures: createPictures({ decodeBytes: Infinity }),
      inbox: createInbox({
        cacheFolder: `${folder}/worker`,
        memory: createWorkingMemory("worker", 4 * 2 ** 30),
      }),
      verifier: createPushVerifier({ audience, account, keySet: issuer.keySet }),
    },
  });
  onTestFinished(() => server.close());
  return {
    server,
    issuer,
    lines,
    push(
      message: unknown,
      authorization: string | undefined = `Bearer ${issuer.token()}`,
      topic: "uploads" | "catalog" = "uploads",
    ) {
      return server.inject({
        method: "POST",
        url: `/events/${topic}`,
        headers: authorization === "" ? {} : { authorization },
        payload: { message, subscription: "projects/p/subscriptions/s" },
      });
    },
  };
}

export function objectMade(objectId: string, eventType = "OBJECT_FINALIZE") {
  return { messageId: "1", attributes: { eventType, objectId, bucketId: "uploads", payloadFormat: "NONE" } };
}
