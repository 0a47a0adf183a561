import { useEffect, useState } from "preact/hooks";
import type { Store } from "./store.ts";

/** The store's value; the part that asks is drawn again whenever it changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState<T>(store.value);
  useEffect(() => {
    setValue(() => store.value);
    return store.watch((changed) => setValue(() => changed));
  }, [store]);
  return value;
}
