import type { Copy } from "./history.ts";
import type { World } from "./instance.ts";
import { organisation } from "./owners.ts";

/** A snapshot's bytes and what a view made of them holds; undefined where they are not those that were put. */
export async function storedCopy(
  { bucket, engines, timeline }: Pick<World, "bucket" | "engines" | "timeline">,
  owner: string,
  name: string,
): Promise<Pick<Copy, "bytes" | "contents"> | undefined> {
  const engine = owner === organisation ? engines.organisation : engines.person;
  const bytes = bucket.isSound(name) ? bucket.get(name)?.bytes : undefined;
  if (bytes === undefined) return undefined;
  const read = async () => {
    const view = await engine.restore(owner, bytes);
    const contents = await view.contents();
    await view.close();
    return { bytes, contents };
  };
  return await (engine.takesTime ? timeline.real(read) : read());
}
