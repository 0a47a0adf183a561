import { describe, expect, onTestFinished, test } from "vitest";
import type { RedisAddress } from "../../../app/redis/redis-address.ts";
import { RedisLink, type RedisState, type RedisTimes } from "../../../app/redis/redis-link.ts";
import { mayRunRedis, needsRedis, startRedis, until } from "../../local/redis/real-redis.ts";

const count = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

function linkTo(address: RedisAddress, times: Partial<RedisTimes> = {}) {
  const states: RedisState[] = [];
  const link = new RedisLink({
    address,
    scripts: [count],
    onState: (state) => void states.push(state),
    // A busy machine is no fault of the server's.
    times: {
      commandMilliseconds: 10_000,
      connectMilliseconds: 10_000,
      firstPauseMilliseconds: 10,
      longestPauseMilliseconds: 50,
      ...times,
    },
  });
  onTestFinished(() => link.close());
  const said = () => states.map(({ isHere }) => (isHere ? "here" : "away"));
  link.open();
  return { link, states, said };
}

function messageOf(state: RedisState | undefined): string {
  return state?.cause instanceof Error ? state.cause.message : String(state?.cause);
}

describe.skipIf(!mayRunRedis)(`the link to a real Redis${needsRedis}`, { timeout: 60_000 }, () => {
  test("is not waited for: until it is there, whoever asks does without", async () => {
    const server = await startRedis();
    const { link, said } = linkTo(server.address);
    expect(link.isHere).toBe(false);
    expect(await link.run(count, "a", 1)).toBeUndefined();
    await until(() => link.isHere);
    expect(await link.run(count, "a", 2)).toBe(2);
    expect(await link.run(count, "a", 3)).toBe(5);
    expect(server.ask("get", "imgstream:a")).toBe("5");
    expect(said()).toEqual(["here"]);
  });

  test("speaks TLS, trusts whom it was told to, and has the password", async () => {
    const server = await startRedis({ password: "a-password", isEncrypted: true });
    const { link } = linkTo(server.address);
    await until(() => link.isHere);
    expect(await link.run(count, "a", 1)).toBe(1);
  });

  test("a wrong password, or none: away, said once and without it, for as long as it lasts", async () => {
    const server = await startRedis({ password: "a-password" });
    for (const password of ["another-password", undefined]) {
      const { link, states, said } = linkTo({ ...server.address, password });
      await until(() => said().length > 0);
      expect(await link.run(count, "a", 1)).toBeUndefined();
      // Some more attempts.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(said()).toEqual(["away"]);
      expect(messageOf(states[0])).toMatch(/WRONGPASS|NOAUTH/);
      expect(messageOf(states[0])).not.toContain("another-password");
      link.close();
    }
  });

  test("a server of another authority is not spoken to", async () => {
    const [server, other] = await Promise.all([
      startRedis({ password: "a-password", isEncrypted: true }),
      startRedis({ password: "a-password", isEncrypted: true }),
    ]);
    const { link, states } = linkTo({ ...server.address, certificates: other.address.certificates });
    await until(() => states.length > 0);
    expect(link.isHere).toBe(false);
    expect(messageOf(states[0])).toMatch(/certificate|signature/);
  });

  test("killed and started again: away, said once, and here again by itself", async () => {
    const server = await startRedis();
    const { link, said } = linkTo(server.address);
    await until(() => link.isHere);
    await server.kill();
    await until(() => said().length === 2);
    expect(await link.run(count, "a", 1)).toBeUndefined();
    await server.start();
    await until(() => link.isHere);
    // A script that the new server has never seen.
    expect(await link.run(count, "a", 1)).toBe(1);
    expect(said()).toEqual(["here", "away", "here"]);
  });

  test("a server that says nothing more is given up, and no queue grows", async () => {
    const server = await startRedis();
    const { link, states, said } = linkTo(server.address, {
      commandMilliseconds: 100,
      silenceMilliseconds: 300,
    });
    await until(() => link.isHere);
    server.freeze();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => link.run(count, "a", 1)));
    expect(answers.every((answer) => answer === undefined)).toBe(true);
    // Nobody asks it any more, and it is given up if it stays silent.
    expect(link.isHere).toBe(false);
    expect(said()).toEqual(["here"]);
    await until(() => said().length === 2);
    expect(said()).toEqual(["here", "away"]);
    expect(messageOf(states[1])).toBe("no answer within 100 ms");
    expect(await link.run(count, "a", 1)).toBeUndefined();
    server.thaw();
    await until(() => link.isHere);
    // What it was sent before it fell silent; no more was under way than may be.
    expect(Number(server.ask("get", "imgstream:a"))).toBeLessThanOrEqual(200);
    expect(said()).toEqual(["here", "away", "here"]);
  });

  test("one slow answer is done without, and the connection goes on once it has come", async () => {
    const server = await startRedis();
    const { link, said } = linkTo(server.address, { commandMilliseconds: 50, silenceMilliseconds: 60_000 });
    await until(() => link.isHere);
    server.freeze();
    expect(await link.run(count, "a", 1)).toBeUndefined();
    expect(link.isHere).toBe(false);
    expect(await link.run(count, "a", 1)).toBeUndefined();
    server.thaw();
    await until(() => link.isHere);
    // The first was counted late, the second never asked.
    expect(server.ask("get", "imgstream:a")).toBe("1");
    expect(said()).toEqual(["here"]);
  });

  test("a process that was busy itself reads the answer before it calls it late", async () => {
    const server = await startRedis();
    const { link, said } = linkTo(server.address, { commandMilliseconds: 20 });
    await until(() => link.isHere);
    const answer = link.run(count, "a", 7);
    const end = performance.now() + 500;
    while (performance.now() < end);
    expect(await answer).toBe(7);
    expect(said()).toEqual(["here"]);
  });

  test("a full one that refuses to write is away until it has room", async () => {
    const server = await startRedis({ settings: ["--maxmemory-policy", "noeviction"] });
    const { link, states } = linkTo(server.address);
    await until(() => link.isHere);
    server.ask("config", "set", "maxmemory", "1");
    expect(await link.run(count, "a", 1)).toBeUndefined();
    expect(messageOf(states.at(-1))).toMatch(/^OOM /);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(link.isHere).toBe(false);
    server.ask("config", "set", "maxmemory", "0");
    await until(() => link.isHere);
    expect(await link.run(count, "a", 1)).toBe(1);
  });

  test("a replica, as after a failover, is away until it is the first again", async () => {
    const server = await startRedis();
    const { link, states } = linkTo(server.address);
    await until(() => link.isHere);
    server.ask("replicaof", "127.0.0.1", "1");
    expect(await link.run(count, "a", 1)).toBeUndefined();
    expect(messageOf(states.at(-1))).toMatch(/READONLY/);
    server.ask("replicaof", "no", "one");
    await until(() => link.isHere);
  });

  test("that it is still away is said again after a while, and what is closed says nothing", async () => {
    const server = await startRedis();
    const { link, said } = linkTo(server.address, { reminderMilliseconds: 100 });
    await until(() => link.isHere);
    await server.kill();
    await until(() => said().length === 4);
    expect(said()).toEqual(["here", "away", "away", "away"]);
    link.close();
    await server.start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(link.isHere).toBe(false);
    expect(said().slice(3)).toEqual(said().slice(3).fill("away"));
  });
});
