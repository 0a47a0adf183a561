import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createCatalog } from "../../../app/catalog/create-catalog.ts";
import { realSurroundings } from "../../../app/catalog/protocol/surroundings.ts";
import { createAssertionVerifier } from "../../../app/identity/assertion.ts";
import { createPeople } from "../../../app/identity/people.ts";
import { DiskObjectStore } from "../../../app/storage/disk-object-store.ts";
import { scratchFolder } from "../../catalog/fixtures.ts";
import { createPhotoServer, upload } from "../../photos/photo-server.ts";
import { grain } from "../../pictures/sample-pictures.ts";
import { createTestIssuer, testAudience } from "../iap-issuer.ts";
import { createTestServer } from "../test-server.ts";

/** Instances of the service on one store, whose second never ends: without a token they trust what they have seen. */
async function createInstances() {
  const folder = scratchFolder();
  const records = new DiskObjectStore(join(folder, "records"));
  const issuer = await createTestIssuer();
  const headers = {
    "x-goog-iap-jwt-assertion": await issuer.sign(),
    "x-requested-with": "XMLHttpRequest",
  };
  const instance = async (name: string) => {
    let clock = 0;
    const surroundings = { ...realSurroundings, elapsed: () => (clock += 0.001) };
    const catalog = await createCatalog({ records, cacheFolder: join(folder, name), surroundings });
    const identity = {
      verifier: createAssertionVerifier({ audience: testAudience, keySet: issuer.keySet }),
      people: createPeople({ records, identityKey: "an identity key of at least 32 characters" }),
      administrators: new Set<string>(),
    };
    const { server } = await createTestServer({ catalog, identity });
    onTestFinished(async () => {
      await server.close();
      await catalog.close();
    });
    return async (method: "GET" | "PATCH", token?: string, payload?: object) => {
      const reply = await server.inject({
        method,
        url: "/v1/users/me",
        headers: { ...headers, ...(token !== undefined && { "catalog-token": token }) },
        ...(payload !== undefined && { payload }),
      });
      const body = reply.json<{ code?: string; settings?: { private_by_default: boolean } }>();
      return {
        status: reply.statusCode,
        token: String(reply.headers["catalog-token"]),
        isPrivate: body.settings?.private_by_default,
        code: body.code,
      };
    };
  };
  return { one: await instance("one"), two: await instance("two") };
}

const open = { settings: { private_by_default: false } };

test("who sends a reply's token along sees at another instance what was written before", async () => {
  const { one, two } = await createInstances();
  await one("GET");
  expect(await two("GET")).toMatchObject({ isPrivate: true });
  const written = await one("PATCH", undefined, open);
  expect(written).toMatchObject({ status: 200, isPrivate: false });
  // Within its second, an instance may not have seen it yet.
  expect(await two("GET")).toMatchObject({ isPrivate: true });
  expect(await two("GET", written.token)).toEqual({ ...written, code: undefined });
});

test("a reading's token keeps the next reading, wherever it is, from being older", async () => {
  const { one, two } = await createInstances();
  await one("GET");
  await two("GET");
  await one("PATCH", undefined, open);
  const { token } = await one("GET");
  expect(await two("GET", token)).toMatchObject({ isPrivate: false });
});

test("a token of somebody else, of no reply, or of a change that never was, is refused at once", async () => {
  const { one } = await createInstances();
  const { token } = await one("GET");
  const [person = "", sequence = ""] = token.split(".");
  expect(await one("GET", `${person}.${sequence}`)).toMatchObject({ status: 200 });
  const refused = [
    `${person}.${Number(sequence) + 1}`,
    `0193a5b8-0000-4000-8000-00000000000f.1`,
    "x",
    `${person}.-1`,
  ];
  for (const wrong of refused) {
    expect([wrong, await one("GET", wrong)]).toMatchObject([wrong, { status: 400, code: "invalid-token" }]);
  }
});

test("an upload's reply carries the token of its record", async () => {
  const service = await createPhotoServer();
  const { reply } = await upload(service, await grain(40, 30).jpeg().toBuffer());
  const me = (await service.server.inject({ url: "/v1/users/me", headers: service.headers })).json<{
    id: string;
  }>();
  const token = String(reply.headers["catalog-token"]);
  expect(token).toBe(`${me.id}.2`);
  const list = await service.server.inject({
    url: "/v1/photos",
    headers: { ...service.headers, "catalog-token": token },
  });
  expect(list.json<{ photos: unknown[] }>().photos).toHaveLength(1);
});
