import { expect, test } from "vitest";
import { Courtesy } from "../../app/catalog/protocol/courtesy.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";

/** A writer whose puts take ten milliseconds, by a clock that the test moves; `breakOf` tells how long it waits. */
function createWriter() {
  let now = 1000;
  let slept = 0;
  const sleep = (milliseconds: number) => {
    slept += milliseconds;
    now += milliseconds;
    return Promise.resolve();
  };
  const courtesy = new Courtesy({ ...realSurroundings, elapsed: () => now, sleep, random: () => 0.5 });
  return {
    courtesy,
    win: (sequence: number) => {
      const putAt = now;
      now += 10;
      courtesy.won(sequence, putAt);
    },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    breakOf: async () => {
      slept = 0;
      await courtesy.giveWay();
      return slept;
    },
  };
}

test("one alone goes on at once, but for the breaks of everyone", async () => {
  const { win, breakOf } = createWriter();
  for (let sequence = 1; sequence < 64; sequence++) {
    win(sequence);
    expect(await breakOf()).toBe(0);
  }
  win(64);
  expect(await breakOf()).toBe(20);
  win(512);
  expect(await breakOf()).toBe(250);
});

test("after another's entry each win is followed by a break, until none of the other's has come for a while", async () => {
  const { courtesy, win, pass, breakOf } = createWriter();
  win(1);
  courtesy.met("other", 2);
  expect(await breakOf()).toBe(0);
  win(3);
  expect(await breakOf()).toBe(20);
  // Nobody is kept waiting who comes after the break would have ended.
  win(4);
  pass(25);
  expect(await breakOf()).toBe(0);
  pass(300);
  win(5);
  expect(await breakOf()).toBe(0);
});

test("breaks grow while another comes to nothing in them, twice as long at most", async () => {
  const { courtesy, win, breakOf } = createWriter();
  win(1);
  courtesy.met("other", 2);
  const breaks: number[] = [];
  for (let sequence = 3; sequence < 9; sequence++) {
    win(sequence);
    breaks.push(await breakOf());
  }
  expect(breaks).toEqual([20, 20, 30, 40, 40, 40]);
});

test("who lost many slots makes no break of everyone's", async () => {
  const { courtesy, win, breakOf } = createWriter();
  win(1);
  for (let lost = 0; lost < 12; lost++) courtesy.lost();
  courtesy.met("other", 64);
  expect(await breakOf()).toBe(0);
});
