import {
  type CopyOptions,
  type CopySource,
  type ObjectStore,
  PreconditionFailedError,
  type StoredObject,
} from "./object-store.ts";

/** Copies between stores of different kinds: the bytes pass through this process, as a stream. */
export async function copyThrough(
  target: Pick<ObjectStore, "put">,
  { store, object }: CopySource,
  name: string,
  { contentType = object.contentType }: CopyOptions = {},
): Promise<StoredObject> {
  const opened = await store.openRead(object.name);
  if (opened?.object.generation !== object.generation) {
    opened?.stream.destroy();
    throw new PreconditionFailedError(object.name);
  }
  try {
    return await target.put(name, opened.stream, { contentType, ifAbsent: true });
  } finally {
    opened.stream.destroy();
  }
}
