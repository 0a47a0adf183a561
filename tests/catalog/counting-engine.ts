import { personModel } from "../../app/catalog/person/person-model.ts";
import type { ViewEngine } from "../../app/catalog/protocol/view.ts";
import { MemoryEngine, type MemoryView } from "../simulation/memory-view.ts";

/** An engine whose views take so many bytes each, measured seldom as the real one's are; it counts those that are open. */
export function countingEngine(bytesEach = 1) {
  const memory = new MemoryEngine(personModel.tables);
  const counts = { open: 0, most: 0 };
  let measured: number | undefined;
  const counted = (view: MemoryView) => {
    counts.most = Math.max(counts.most, ++counts.open);
    const close = view.close.bind(view);
    view.close = async () => {
      await close();
      counts.open--;
    };
    return view;
  };
  const engine: ViewEngine<MemoryView> = {
    format: memory.format,
    create: async () => counted(await memory.create()),
    restore: async (owner, bytes) => counted(await memory.restore(owner, bytes)),
    usedBytes: (isAnew = false) => {
      if (isAnew || measured === undefined || counts.open > measured) measured = counts.open;
      return Promise.resolve(measured * bytesEach);
    },
  };
  return { engine, counts };
}
