import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AssertionRefusedError, KeySetUnavailableError } from "../../../app/identity/assertion-refusal.ts";
import { createAssertionVerifier } from "../../../app/identity/assertion.ts";
import type { AssertionVerifier } from "../../../app/identity/assertion.ts";
import { createKeySet } from "../../../app/identity/key-set.ts";
import { createTestIssuer, testAudience } from "../iap-issuer.ts";
import type { TestIssuer } from "../iap-issuer.ts";

const minute = 60_000;

let published: TestIssuer[];
let isDown: boolean;
let readings: number;
let milliseconds: number;
let failures: unknown[];
let verifier: AssertionVerifier;

const address = createServer((_request, response) => {
  readings += 1;
  if (isDown) response.writeHead(500).end();
  else response.end(JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) }));
});

beforeEach(async () => {
  published = [await createTestIssuer()];
  isDown = false;
  readings = 0;
  milliseconds = Date.now();
  failures = [];
  await new Promise<void>((resolve) => address.listen(0, "127.0.0.1", resolve));
  const { port } = address.address() as AddressInfo;
  verifier = createAssertionVerifier({
    audience: testAudience,
    keySet: createKeySet({
      url: new URL(`http://127.0.0.1:${port}/keys`),
      onRefreshFailed: (error) => failures.push(error),
      now: () => milliseconds,
    }),
  });
});

afterEach(() => new Promise<void>((resolve) => void address.close(() => resolve())));

async function verify(issuer = published[0]): Promise<string> {
  return (await verifier.verify(await issuer?.sign({ nonce: Math.random() }))).email;
}

test("keys are read once for many assertions", async () => {
  await Promise.all([verify(), verify(), verify()]);
  await verify();
  expect(readings).toBe(1);
});

test("unknown key names do not make us ask again and again", async () => {
  await verify();
  const stranger = await createTestIssuer("key-of-a-stranger");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await expect(verify(stranger)).rejects.toThrow(AssertionRefusedError);
  }
  expect(readings).toBe(1);
});

test("after ten minutes the keys are read again without a request waiting for it", async () => {
  await verify();
  milliseconds += 11 * minute;
  await verify();
  await expect.poll(() => readings).toBe(2);
  await verify();
  expect(readings).toBe(2);
});

test("a withdrawn key is refused after the next reading", async () => {
  await verify();
  const [withdrawn] = published;
  published = [await createTestIssuer("key-2")];
  milliseconds += 11 * minute;
  await verify(withdrawn);
  await expect.poll(() => readings).toBe(2);
  await expect
    .poll(() => verify(withdrawn).catch((error: unknown) => error))
    .toMatchObject({ reason: "unknown-key" });
  await expect(verify()).resolves.toBe("alice@example.com");
});

test("an outage of the keys' address lets known keys serve on for a day, says so, and then nobody in", async () => {
  await verify();
  isDown = true;
  milliseconds += 23 * 60 * minute;
  await verify();
  await expect.poll(() => failures).toHaveLength(1);
  expect(failures[0]).toBeInstanceOf(KeySetUnavailableError);
  milliseconds += 2 * 60 * minute;
  await expect(verify()).rejects.toThrow(KeySetUnavailableError);
  const readingsSoFar = readings;
  await expect(verify()).rejects.toThrow(KeySetUnavailableError);
  expect(readings).toBe(readingsSoFar);
  isDown = false;
  milliseconds += minute;
  await expect(verify()).resolves.toBe("alice@example.com");
});

test("without any key it is not the assertion that is at fault", async () => {
  isDown = true;
  await expect(verify()).rejects.toThrow(KeySetUnavailableError);
  isDown = false;
  await expect(verify()).resolves.toBe("alice@example.com");
});
