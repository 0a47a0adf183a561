import { expect, test } from "vitest";
import { type Place, byPlace, placesAfter, placesMoved } from "../../app/catalog/person/album-order.ts";
import { Random } from "../simulation/random.ts";

const ids = (places: readonly Place[]) => places.toSorted(byPlace).map(({ photoId }) => photoId);

function applied(places: readonly Place[], moved: readonly Place[]): Place[] {
  const positions = new Map([...places, ...moved].map(({ photoId, position }) => [photoId, position]));
  return [...positions].map(([photoId, position]) => ({ photoId, position }));
}

test("any moves give the order that a list would have", () => {
  const random = new Random(11);
  let places = placesAfter(0, ["a", "b", "c", "d", "e", "f", "g", "h"]);
  for (let round = 0; round < 2000; round++) {
    const before = ids(places);
    const moving = before.filter(() => random.whole(0, 2) === 0);
    const rest = before.filter((id) => !moving.includes(id));
    const index = random.whole(0, rest.length);
    places = applied(places, placesMoved(places, moving, rest[index] ?? null));
    expect(ids(places)).toEqual([...rest.slice(0, index), ...moving, ...rest.slice(index)]);
  }
});

test("only what moves gets another place, until there is no number left between two", () => {
  let places = placesAfter(0, ["a", "b", "c"]);
  let written = 1;
  let rounds = 0;
  while (written === 1 && rounds < 1000) {
    const last = rounds % 2 === 0 ? "c" : "b";
    const moved = placesMoved(places, [last], rounds % 2 === 0 ? "b" : "c");
    written = moved.length;
    places = applied(places, moved);
    expect(ids(places)).toEqual(rounds % 2 === 0 ? ["a", "c", "b"] : ["a", "b", "c"]);
    rounds++;
  }
  expect(rounds).toBeGreaterThan(40);
  expect(places.map(({ position }) => position).toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
});
