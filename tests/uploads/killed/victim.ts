import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { finishProcessing } from "../../../app/photos/finish-processing.ts";
import { type ProcessingRequest, createProcessingQueue } from "../../../app/photos/processing-queue.ts";
import { createHeicDecoder } from "../../../app/pictures/heic-decoder.ts";
import { type Pictures, createPictures } from "../../../app/pictures/pictures.ts";
import { createTestIssuer } from "../../app/iap-issuer.ts";
import { type Place, openGround } from "../steps/grounds.ts";
import { Steps } from "../steps/interrupted.ts";
import { type Life, beginLife } from "../steps/life.ts";
import { inParts, simply } from "../steps/ways.ts";

/** What one process of the service does until it is killed. */
export interface VictimTask {
  readonly place: Place;
  readonly work:
    | { readonly kind: "upload"; readonly way: keyof typeof ways; readonly file: string }
    /** What the worker does at an event. */
    | { readonly kind: "process"; readonly request: ProcessingRequest };
  /** Where it stands still. @default nowhere */
  readonly halt?: { readonly step: number; readonly when: "before" | "after" };
}

/** What it says. */
export type VictimWord =
  | { readonly kind: "stands"; readonly at: string }
  /** Goes on meanwhile. */
  | { readonly kind: "decodes" }
  | { readonly kind: "ended"; readonly names: readonly string[]; readonly outcome: string };

export const ways = { simply, inParts };

/** The worker's program, for the process that decodes HEIC. */
const program = join(import.meta.dirname, "../../../app/main.ts");

function say(word: VictimWord): void {
  process.send?.(word);
}

async function standStill(at: string): Promise<never> {
  say({ kind: "stands", at });
  return await new Promise<never>(() => setInterval(() => {}, 60_000));
}

/** With the decoder of HEIC, and saying when it begins. */
function sayingPictures(): Pictures {
  const pictures = createPictures({ heic: createHeicDecoder({ program }), decodeBytes: Infinity });
  return {
    ...pictures,
    derive: (...given) => {
      say({ kind: "decodes" });
      return pictures.derive(...given);
    },
  };
}

async function perform({ work }: VictimTask, life: Life): Promise<string> {
  if (work.kind === "upload") {
    const { status } = await ways[work.way](life, await readFile(work.file));
    return String(status);
  }
  const { catalog, media, uploads, inbox } = life;
  const processing = createProcessingQueue(uploads);
  return await finishProcessing(
    { catalog, media, inbox, processing, pictures: sayingPictures() },
    work.request,
  );
}

async function live(task: VictimTask): Promise<void> {
  const { place, halt } = task;
  const steps = new Steps(halt && { ...halt, how: "halt" }, standStill);
  const life = await beginLife(openGround(place, await createTestIssuer()), steps);
  const outcome = await perform(task, life).catch((error: unknown) => String(error));
  say({ kind: "ended", names: steps.names, outcome });
  await life.close();
  process.disconnect?.();
}

if (process.argv[1] === import.meta.filename) {
  const [, , task = ""] = process.argv;
  await live(JSON.parse(task));
}
