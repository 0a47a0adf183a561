import { type ListOptions, ObjectDamagedError, type ObjectStore } from "./object-store.ts";

/** Names under the prefix in ascending order. One damaged object does not end the list: it is in it by its name. */
export async function* namesBelow(
  store: ObjectStore,
  prefix: string,
  { startAfter, limit = Number.POSITIVE_INFINITY }: ListOptions = {},
): AsyncIterable<string> {
  let last = startAfter;
  let left = limit;
  while (left > 0) {
    const options = {
      ...(last !== undefined && { startAfter: last }),
      ...(Number.isFinite(left) && { limit: left }),
    };
    try {
      for await (const { name } of store.list(prefix, options)) {
        yield name;
        last = name;
        left--;
      }
      return;
    } catch (error) {
      if (!(error instanceof ObjectDamagedError) || error.objectName === last) throw error;
      yield error.objectName;
      last = error.objectName;
      left--;
    }
  }
}
