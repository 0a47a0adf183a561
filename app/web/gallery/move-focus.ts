/** Arrow keys, Home and End go from photo to photo as the eye sees them. */
export function moveFocus(event: KeyboardEvent): void {
  const { currentTarget, key } = event;
  if (!(currentTarget instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  const tiles = [...document.querySelectorAll<HTMLElement>("a[data-photo]")];
  const next = tileFor(key, tiles, tiles.indexOf(currentTarget));
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function tileFor(key: string, tiles: readonly HTMLElement[], index: number): HTMLElement | undefined {
  switch (key) {
    case "ArrowLeft":
      return tiles[index - 1];
    case "ArrowRight":
      return tiles[index + 1];
    case "Home":
      return tiles[0];
    case "End":
      return tiles.at(-1);
    case "ArrowUp":
      return nearestInRow(tiles.slice(0, index).toReversed(), tiles[index]);
    case "ArrowDown":
      return nearestInRow(tiles.slice(index + 1), tiles[index]);
    default:
      return undefined;
  }
}

/** Of the next row in this order, the tile whose middle is nearest. */
function nearestInRow(
  ordered: readonly HTMLElement[],
  from: HTMLElement | undefined,
): HTMLElement | undefined {
  if (from === undefined) return undefined;
  const here = from.getBoundingClientRect();
  const first = ordered.find((tile) => tile.getBoundingClientRect().top !== here.top);
  if (first === undefined) return undefined;
  const { top } = first.getBoundingClientRect();
  const distance = (tile: HTMLElement): number => {
    const { left, width } = tile.getBoundingClientRect();
    return Math.abs(left + width / 2 - (here.left + here.width / 2));
  };
  return ordered
    .filter((tile) => tile.getBoundingClientRect().top === top)
    .toSorted((a, b) => distance(a) - distance(b))[0];
}
