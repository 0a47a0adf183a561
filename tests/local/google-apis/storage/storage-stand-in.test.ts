import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { connect } from "node:net";
import { Storage } from "@google-cloud/storage";
import { GoogleAuth } from "google-auth-library";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  startStorageStandIn,
  StorageStandIn,
} from "../../../../local/google-apis/storage/storage-stand-in.ts";

const account = "web@imgstream-dev.iam.gserviceaccount.com";
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });
let now = new Date("2026-11-23T08:00:00Z");

const standIn = new StorageStandIn({
  now: () => now,
  publicKeyOf: (name) => (name === account ? keys.publicKey : undefined),
});
let origin = "";
let close: () => Promise<void>;
let bucketName = "";
let serial = 0;

beforeAll(async () => {
  ({ origin, close } = await startStorageStandIn(standIn));
});
afterAll(() => close());
beforeEach(() => {
  bucketName = `bucket-${serial++}`;
  standIn.createBucket(bucketName, { versioning: true });
});

const authorization = { authorization: "Bearer token" };

function objects(path = "", query = ""): string {
  return `${origin}/storage/v1/b/${bucketName}/o${path}${query}`;
}

async function put(name: string, text: string, query = ""): Promise<Response> {
  return fetch(
    `${origin}/upload/storage/v1/b/${bucketName}/o?uploadType=media&name=${encodeURIComponent(name)}${query}`,
    { method: "POST", headers: { ...authorization, "content-type": "text/plain" }, body: text },
  );
}

async function startSession(name: string, headers: Record<string, string> = {}, query = ""): Promise<string> {
  const response = await fetch(
    `${origin}/upload/storage/v1/b/${bucketName}/o?uploadType=resumable&name=${name}${query}`,
    { method: "POST", headers: { ...authorization, ...headers } },
  );
  expect(response.status).toBe(200);
  return response.headers.get("location") ?? "";
}

async function send(session: string, range: string, bytes: Uint8Array = new Uint8Array()): Promise<Response> {
  return fetch(session, { method: "PUT", headers: { "content-range": range }, body: Buffer.from(bytes) });
}

function clientSigningWith(privateKey: KeyObject): Storage {
  const auth = new GoogleAuth({
    credentials: {
      client_email: account,
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    },
  });
  return new Storage({ apiEndpoint: origin, projectId: "imgstream-dev", authClient: auth });
}

describe("preconditions", () => {
  test("a name is created once when the writer demands that there is none", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put("log/1.json", `${index}`, "&ifGenerationMatch=0")),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(7);
  });

  test.each([
    ["DELETE", "", "?ifGenerationMatch=1"],
    ["PATCH", "", "?ifMetagenerationMatch=9"],
    ["POST", "/rewriteTo/b/BUCKET/o/copy", "?ifSourceGenerationMatch=1"],
    ["POST", "/copyTo/b/BUCKET/o/a", "?ifGenerationMatch=0"],
  ])("%s %s%s is refused with 412 and changes nothing", async (method, path, query) => {
    const { generation } = (await (await put("a", "first")).json()) as { generation: string };
    const response = await fetch(objects(`/a${path.replace("BUCKET", bucketName)}`, query), {
      method,
      headers: { ...authorization, "content-type": "application/json" },
      ...(method !== "DELETE" && { body: "{}" }),
    });
    expect(response.status).toBe(412);
    expect(await response.json()).toMatchObject({
      error: { code: 412, errors: [{ reason: "conditionNotMet" }] },
    });
    const bucket = standIn.bucket(bucketName);
    expect(bucket?.find("a")?.generation).toBe(BigInt(generation));
    expect(bucket?.find("copy")).toBeUndefined();
  });

  test("a read of the generation that the reader has is answered with 304", async () => {
    const { generation } = (await (await put("a", "first")).json()) as { generation: string };
    const response = await fetch(objects("/a", `?ifGenerationNotMatch=${generation}`), {
      headers: authorization,
    });
    expect(response.status).toBe(304);
  });
});

describe("objects", () => {
  test("what is written comes back with its checksums, whole and in part", async () => {
    await put("folder/ö b.txt", "0123456789");
    const address = objects(`/${encodeURIComponent("folder/ö b.txt")}`, "?alt=media");
    const whole = await fetch(address, { headers: authorization });
    expect(await whole.text()).toBe("0123456789");
    expect(whole.headers.get("x-goog-hash")).toBe("crc32c=KAwGng==,md5=eB5eJF1ptWaXm4bijSPyxw==");
    const part = await fetch(address, { headers: { ...authorization, range: "bytes=2-4" } });
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
      206,
      "234",
      "bytes 2-4/10",
    ]);
    const beyond = await fetch(address, { headers: { ...authorization, range: "bytes=10-" } });
    expect(beyond.status).toBe(416);
  });

  test("bytes that are not those of the checksum sent along are refused", async () => {
    const boundary = "b";
    const body =
      `--b\r\nContent-Type: application/json\r\n\r\n{"name":"a","crc32c":"AAAAAA=="}\r\n` +
      `--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n`;
    const response = await fetch(`${origin}/upload/storage/v1/b/${bucketName}/o?uploadType=multipart`, {
      method: "POST",
      headers: { ...authorization, "content-type": `multipart/related; boundary=${boundary}` },
      body,
    });
    expect(response.status).toBe(400);
    expect(standIn.bucket(bucketName)?.isEmpty).toBe(true);
  });

  test("a replaced and a deleted object stay readable as versions", async () => {
    const first = (await (await put("a", "one")).json()) as { generation: string };
    await put("a", "two");
    await fetch(objects("/a"), { method: "DELETE", headers: authorization });
    expect((await fetch(objects("/a"), { headers: authorization })).status).toBe(404);
    const old = await fetch(objects("/a", `?alt=media&generation=${first.generation}`), {
      headers: authorization,
    });
    expect(await old.text()).toBe("one");
    const listed = (await (
      await fetch(objects("", "?versions=true"), { headers: authorization })
    ).json()) as {
      items: unknown[];
    };
    expect(listed.items).toHaveLength(2);
  });

  test("lists come in order of UTF-8 bytes, in pages, with prefixes", async () => {
    for (const name of ["b/2", "a", "b/1", "ü", "c", "𐀀", "\uFFFD"]) await put(name, name);
    const names: string[] = [];
    let token = "";
    do {
      const page = (await (
        await fetch(objects("", `?maxResults=2&delimiter=/&pageToken=${token}`), { headers: authorization })
      ).json()) as { items?: { name: string }[]; prefixes?: string[]; nextPageToken?: string };
      names.push(...(page.prefixes ?? []), ...(page.items ?? []).map(({ name }) => name));
      token = page.nextPageToken ?? "";
    } while (token !== "");
    expect(names.toSorted()).toEqual(["a", "b/", "c", "ü", "\uFFFD", "𐀀"].toSorted());
    expect(names.at(-1)).toBe("𐀀");
  });

  test.each(["", "..", "a\nb", "x".repeat(1025)])("the name '%s' is refused", async (name) => {
    expect((await put(name, "x")).status).toBe(400);
  });

  test("callers without credentials are refused", async () => {
    const response = await fetch(objects());
    expect(response.status).toBe(401);
  });
});

describe("resumable sessions", () => {
  const quantum = 256 * 1024;

  test("an upload goes on where the status says, and asking for it finishes nothing", async () => {
    const bytes = new Uint8Array(quantum + 10).fill(7);
    const session = await startSession("a", { "x-upload-content-length": `${bytes.length}` });
    const before = await send(session, `bytes */${bytes.length}`);
    expect([before.status, before.headers.get("range")]).toEqual([308, null]);
    const half = await send(session, `bytes 0-${quantum - 1}/${bytes.length}`, bytes.subarray(0, quantum));
    expect([half.status, half.headers.get("range")]).toEqual([308, `bytes=0-${quantum - 1}`]);
    expect((await send(session, `bytes */${bytes.length}`)).status).toBe(308);
    expect(standIn.bucket(bucketName)?.find("a")).toBeUndefined();
    const rest = await send(
      session,
      `bytes ${quantum}-${bytes.length - 1}/${bytes.length}`,
      bytes.subarray(quantum),
    );
    expect(rest.status).toBe(200);
    expect(await (await send(session, `bytes */${bytes.length}`)).json()).toMatchObject({
      size: `${bytes.length}`,
    });
  });

  test("bytes sent again are ignored, a gap and another total are refused", async () => {
    const session = await startSession("a");
    const total = 2 * quantum;
    await send(session, `bytes 0-${quantum - 1}/${total}`, new Uint8Array(quantum).fill(1));
    expect(
      (await send(session, `bytes ${quantum + 1}-${total - 1}/${total}`, new Uint8Array(quantum - 1))).status,
    ).toBe(400);
    expect((await send(session, `bytes */${total + 1}`)).status).toBe(400);
    const again = await send(session, `bytes 0-${total - 1}/${total}`, new Uint8Array(total).fill(2));
    expect(again.status).toBe(200);
    const kept = standIn.bucket(bucketName)?.find("a")?.bytes;
    expect([kept?.[0], kept?.[quantum]]).toEqual([1, 2]);
  });

  test("a chunk that is no multiple of 256 KiB is kept down to one", async () => {
    const session = await startSession("a");
    const answer = await send(session, `bytes 0-${quantum + 4}/*`, new Uint8Array(quantum + 5));
    expect(answer.headers.get("range")).toBe(`bytes=0-${quantum - 1}`);
  });

  test("what came before the connection was cut is kept", async () => {
    const session = new URL(await startSession("a"));
    const total = 4 * quantum;
    await new Promise<void>((resolve) => {
      const socket = connect(Number(session.port), session.hostname, () => {
        socket.write(
          `PUT ${session.pathname}${session.search} HTTP/1.1\r\nHost: ${session.host}\r\n` +
            `Content-Length: ${total}\r\nContent-Range: bytes 0-${total - 1}/${total}\r\n\r\n`,
        );
        socket.end(Buffer.alloc(quantum * 2 + 100, 3), () => socket.destroy());
      });
      socket.on("close", () => resolve());
      socket.on("error", () => resolve());
    });
    await expect
      .poll(async () => (await send(session.href, `bytes */${total}`)).headers.get("range"))
      .toBe(`bytes=0-${quantum * 2 - 1}`);
  });

  test("the precondition is checked at the start and at the end", async () => {
    const session = await startSession("a", {}, "&ifGenerationMatch=0");
    await put("a", "someone else's");
    expect((await send(session, "bytes 0-2/3", new Uint8Array(3))).status).toBe(412);
    const second = await fetch(
      `${origin}/upload/storage/v1/b/${bucketName}/o?uploadType=resumable&name=a&ifGenerationMatch=0`,
      { method: "POST", headers: authorization },
    );
    expect(second.status).toBe(412);
  });

  test("a cancelled session is 499, then gone; so is one after a week", async () => {
    const session = await startSession("a");
    expect((await fetch(session, { method: "DELETE" })).status).toBe(499);
    expect((await send(session, "bytes */3")).status).toBe(410);
    const old = await startSession("b");
    now = new Date(now.getTime() + 8 * 24 * 60 * 60 * 1000);
    expect((await send(old, "bytes */3")).status).toBe(410);
    expect((await send(`${old}x`, "bytes */3")).status).toBe(404);
  });

  test("only the page that the session was started for may read the answers", async () => {
    const session = await startSession("a", { origin: "https://photos.example.com" });
    const allowed = async (page: string) =>
      (
        await fetch(session, { method: "PUT", headers: { origin: page, "content-range": "bytes */3" } })
      ).headers.get("access-control-allow-origin");
    expect(await allowed("https://photos.example.com")).toBe("https://photos.example.com");
    expect(await allowed("https://evil.example.com")).toBeNull();
  });
});

describe("the client library", () => {
  test("signed addresses work until they expire, and not when altered or made with another key", async () => {
    await put("photos/a.jpg", "bytes");
    const signer = clientSigningWith(keys.privateKey);
    const [address] = await signer
      .bucket(bucketName)
      .file("photos/a.jpg")
      .getSignedUrl({
        version: "v4",
        action: "read",
        accessibleAt: now,
        expires: new Date(now.getTime() + 60_000),
      });
    expect(await (await fetch(address)).text()).toBe("bytes");
    expect((await fetch(address.replace("a.jpg", "b.jpg"))).status).toBe(403);
    expect((await fetch(address.replace(/X-Goog-Expires=\d+/, "X-Goog-Expires=600"))).status).toBe(403);
    const stranger = clientSigningWith(otherKeys.privateKey);
    const [forged] = await stranger
      .bucket(bucketName)
      .file("photos/a.jpg")
      .getSignedUrl({
        version: "v4",
        action: "read",
        accessibleAt: now,
        expires: new Date(now.getTime() + 60_000),
      });
    expect((await fetch(forged)).status).toBe(403);
    now = new Date(now.getTime() + 61_000);
    const late = await fetch(address);
    expect([late.status, await late.text()]).toEqual([
      400,
      expect.stringContaining("<Code>ExpiredToken</Code>"),
    ]);
  });

  test("a signed address to put to asks for its precondition, and works until it expires", async () => {
    const [address] = await clientSigningWith(keys.privateKey)
      .bucket(bucketName)
      .file("photos/new.jpg")
      .getSignedUrl({
        version: "v4",
        action: "write",
        accessibleAt: now,
        expires: new Date(now.getTime() + 60_000),
        extensionHeaders: { "x-goog-if-generation-match": "0" },
      });
    const answerTo = async (body: string, precondition?: string) => {
      const headers = { ...(precondition !== undefined && { "x-goog-if-generation-match": precondition }) };
      const response = await fetch(address, { method: "PUT", headers, body });
      return [response.status, /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]];
    };
    const stored = () => standIn.bucket(bucketName)?.find("photos/new.jpg");
    expect(await answerTo("unconditional")).toEqual([400, "InvalidArgument"]);
    expect(await answerTo("another condition", "1")).toEqual([403, "SignatureDoesNotMatch"]);
    expect(stored()).toBeUndefined();
    expect(await answerTo("first", "0")).toEqual([200, undefined]);
    const first = stored()?.generation;
    expect(first).toBeTypeOf("bigint");
    expect(await answerTo("second", "0")).toEqual([412, "PreconditionFailed"]);
    await fetch(objects("/photos%2Fnew.jpg"), { method: "DELETE", headers: authorization });
    now = new Date(now.getTime() + 61_000);
    expect(await answerTo("late", "0")).toEqual([400, "ExpiredToken"]);
    expect(stored()).toBeUndefined();
  });
});
