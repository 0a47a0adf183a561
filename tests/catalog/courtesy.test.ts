import { expect, test } from "vitest";
import { Courtesy } from "../../app/catalog/protocol/courtesy.ts";
import { realSurroundings } from "../../app/catalog/protocol/surroundings.ts";
import { WaitingNote } from "../../app/catalog/protocol/waiting-note.ts";
import { DiskObjectStore } from "../../app/storage/disk-object-store.ts";
import { person, scratchFolder } from "./fixtures.ts";

/** A writer whose puts take ten milliseconds, by a clock that the test moves; `breakOf` tells how long it waits. */
function createWriter() {
  let now = 1000;
  let slept = 0;
  const sleep = (milliseconds: number) => {
    slept += milliseconds;
    now += milliseconds;
    return Promise.resolve();
  };
  const surroundings = { ...realSurroundings, elapsed: () => now, sleep, random: () => 0.5 };
  const note = new WaitingNote(new DiskObjectStore(scratchFolder()), person, surroundings);
  const courtesy = new Courtesy(surroundings, note, "this");
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return {
    courtesy,
    note,
    pass,
    win: () => {
      const told = courtesy.told();
      pass(10);
      courtesy.answered(10);
      courtesy.won(told);
      return told;
    },
    lose: () => {
      pass(10);
      courtesy.answered(10);
      pass(10);
      courtesy.lost(20);
    },
    breakOf: async () => {
      slept = 0;
      await courtesy.giveWay();
      return slept;
    },
  };
}

test("one alone goes on at once", async () => {
  const { win, breakOf } = createWriter();
  for (let sequence = 1; sequence < 1000; sequence++) {
    win();
    expect(await breakOf()).toBe(0);
  }
});

test("after another's entry each win is followed by a break, until none of the other's has come for a while", async () => {
  const { courtesy, win, pass, breakOf } = createWriter();
  win();
  courtesy.met({ by: "other" });
  expect(await breakOf()).toBe(0);
  win();
  expect(await breakOf()).toBe(20);
  // Nobody is kept waiting who comes after the break would have ended.
  win();
  pass(25);
  expect(await breakOf()).toBe(0);
  pass(300);
  win();
  expect(await breakOf()).toBe(0);
});

test("breaks grow while another comes to nothing in them, twice as long at most", async () => {
  const { courtesy, win, breakOf } = createWriter();
  win();
  courtesy.met({ by: "other" });
  const breaks: number[] = [];
  for (let sequence = 3; sequence < 9; sequence++) {
    win();
    breaks.push(await breakOf());
  }
  expect(breaks).toEqual([20, 20, 30, 40, 40, 40]);
});

test("a writer says how long a break it wants, and that it waits once it lost some slots in a row", async () => {
  const { courtesy, note, win, lose } = createWriter();
  expect(courtesy.told()).toEqual({});
  expect(win()).toEqual({});
  expect(courtesy.told()).toEqual({ wants: 30 });
  lose();
  lose();
  expect(await note.look()).toBeUndefined();
  lose();
  await expect.poll(() => note.look()).toEqual({ writer: "this", wants: 30 });
});

test("who writes on and on finds a note, and gives by its next entry the break that it asks for", async () => {
  const { courtesy, note, win, breakOf } = createWriter();
  await note.leave({ writer: "far", wants: 300 });
  for (let count = 0; count < 100; count++) win();
  await expect.poll(() => courtesy.told()).toMatchObject({ gives: { writer: "far", milliseconds: 300 } });
  expect(await breakOf()).toBe(0);
  win();
  expect(await breakOf()).toBe(300);
  // Once.
  for (let count = 0; count < 100; count++) win();
  expect(courtesy.told()).toEqual({ wants: 30 });
});

test("who is far and writes on is given a break again, in between it is as long everyone else's turn", async () => {
  const { courtesy, win, pass, breakOf } = createWriter();
  win();
  courtesy.met({ by: "far", wants: 300 });
  win();
  // Far enough that breaks of one's own measure would be of no use, and perhaps it has written all that it had.
  expect(await breakOf()).toBe(0);
  pass(600);
  courtesy.met({ by: "far", wants: 300 });
  pass(250);
  expect(courtesy.told()).toEqual({ wants: 30 });
  pass(50);
  expect(win()).toMatchObject({ gives: { writer: "far", milliseconds: 300 } });
  expect(await breakOf()).toBe(300);
});

test("a break that another gives is everyone's but whose it is, and never longer than two seconds", async () => {
  const { courtesy, win, breakOf } = createWriter();
  win();
  courtesy.met({ by: "other", wants: 30, gives: { writer: "far", milliseconds: 300 } });
  expect(await breakOf()).toBe(300);
  courtesy.met({ by: "other", wants: 30, gives: { writer: "this", milliseconds: 300 } });
  expect(await breakOf()).toBe(0);
  courtesy.met({ by: "other", wants: 30, gives: { writer: "far", milliseconds: 60_000 } });
  expect(await breakOf()).toBe(2000);
});

test("who comes to nothing in a break that it was given wants a longer one", () => {
  const { courtesy, win, lose } = createWriter();
  win();
  lose();
  courtesy.met({ by: "other", wants: 10, gives: { writer: "this", milliseconds: 30 } });
  lose();
  expect(courtesy.told()).toEqual({ wants: 45 });
});

test("who lost many slots makes no break, and who is much nearer needs none", async () => {
  const { courtesy, win, lose, breakOf } = createWriter();
  win();
  courtesy.met({ by: "near", wants: 3 });
  win();
  expect(await breakOf()).toBe(0);
  for (let lost = 0; lost < 12; lost++) lose();
  courtesy.met({ by: "other", gives: { writer: "far", milliseconds: 300 } });
  expect(await breakOf()).toBe(0);
});
