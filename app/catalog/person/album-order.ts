/** A photo's place in an album. */
export interface Place {
  readonly photoId: string;
  readonly position: number;
}

/** The places of photos that come after the last one, in this order. */
export function placesAfter(lastPosition: number, photoIds: readonly string[]): Place[] {
  return photoIds.map((photoId, index) => ({ photoId, position: lastPosition + index + 1 }));
}

export function byPlace(one: Place, other: Place): number {
  return one.position - other.position || (one.photoId < other.photoId ? -1 : 1);
}

/**
 * The places to write so that the named photos stand together, in their order, before the given one. Others keep
 * theirs unless there is no number left between two of them; then all are numbered anew.
 *
 * @param places all of the album's
 * @param before not one of those that move; null for the end
 */
export function placesMoved(
  places: readonly Place[],
  moving: readonly string[],
  before: string | null,
): Place[] {
  const isMoving = new Set(moving);
  const staying = places.filter(({ photoId }) => !isMoving.has(photoId)).toSorted(byPlace);
  const found = staying.findIndex(({ photoId }) => photoId === before);
  const index = found === -1 ? staying.length : found;
  const low = staying[index - 1]?.position ?? (staying[index]?.position ?? 0) - moving.length - 1;
  const high = staying[index]?.position ?? low + moving.length + 1;
  const step = (high - low) / (moving.length + 1);
  const moved = moving.map((photoId, nth) => ({ photoId, position: low + step * (nth + 1) }));
  const isDistinct = [{ position: low }, ...moved, { position: high }].every(
    ({ position }, nth, all) => nth === 0 || position > (all[nth - 1]?.position ?? position),
  );
  if (isDistinct) return moved;
  const order = [
    ...staying.slice(0, index).map(({ photoId }) => photoId),
    ...moving,
    ...staying.slice(index).map(({ photoId }) => photoId),
  ];
  return placesAfter(0, order);
}
