import type { CopyingStore, ObjectStore } from "../../app/storage/object-store.ts";

export interface StoreUnderTest {
  readonly store: CopyingStore;
  /** Another of the same kind, in another place. */
  readonly beside: CopyingStore;
  /** The same objects through another client or process's eyes: what a restart would see. */
  readonly reopen: () => CopyingStore;
}

export const text = (content: string) => Buffer.from(content);

/** Where a stand-in is known to differ from the service that it stands for. */
export interface KnownFaults {
  readonly ignoresDeletePreconditions?: boolean;
  readonly ignoresCopyPreconditions?: boolean;
}

export async function listAll(
  store: ObjectStore,
  prefix: string,
  options?: Parameters<ObjectStore["list"]>[1],
) {
  return await Array.fromAsync(store.list(prefix, options));
}

export async function namesIn(
  store: ObjectStore,
  prefix: string,
  options?: Parameters<ObjectStore["list"]>[1],
) {
  return (await listAll(store, prefix, options)).map((object) => object.name);
}
