import type { Caption } from "./caption.ts";
import type { DecodedPicture } from "./decode.ts";
import { previewPixelsASide } from "./derivation.ts";
import type { Derivatives } from "./derivatives.ts";
import type { CaptureFacts } from "./exif.ts";
import type { HeicDecoder } from "./heic-decoder.ts";
import type { PictureHeader } from "./picture-header.ts";
import { release } from "./pixels.ts";
import { createWorkGate, type WorkGateOptions } from "./work-gate.ts";

/** What is known of a picture before it is decoded. */
export interface Picture extends PictureHeader {
  readonly capture: CaptureFacts;
  readonly caption: Caption;
}

export interface DerivedPicture {
  readonly derivatives: Derivatives;
  /** What the decoder complained of, where it shows the picture nevertheless; null for a sound one. */
  readonly warning: string | null;
}

export interface Pictures {
  /** Loads the decoders now rather than for the first picture. */
  load(): Promise<void>;

  /**
   * Reads what an original's file says about itself.
   *
   * @throws UnsupportedPictureError, UnreadablePictureError, TooManyPixelsError: the file's fault
   */
  inspect(path: string): Promise<Picture>;

  /** Whether this process may decode it; else it must be left to one with a decoder for it, or with more memory. */
  canDerive(picture: Picture): boolean;

  /**
   * Decodes the original once and makes its derivatives.
   *
   * @param signal gives up waiting for a place when aborted
   * @throws UnreadablePictureError, PictureTooSlowError: the file's fault
   * @throws PicturesBusyError: too many at this moment
   */
  derive(path: string, picture: Picture, signal?: AbortSignal): Promise<DerivedPicture>;
}

export interface PicturesOptions extends WorkGateOptions {
  /** @default none: HEIC is left to others */
  readonly heic?: HeicDecoder;
  /** What decoding one picture may take of memory here. @default 160 MiB */
  readonly decodeBytes?: number;
  /** What decoding all that are in work may take together. @default twice one picture's: within 512 MiB */
  readonly memoryBytes?: number;
}

/** Work on pictures, as much at once as there are cores. One for a process. */
export function createPictures(options: PicturesOptions = {}): Pictures {
  const { heic, decodeBytes = 160 * 2 ** 20, memoryBytes = decodeBytes * 2, ...gateOptions } = options;
  const gate = createWorkGate({ ...gateOptions, memoryBytes });
  const heicGate = createWorkGate({ ...gateOptions, concurrent: 1 });

  return {
    load: async () => void (await codecs()),

    async inspect(path) {
      const { detectFormat, readCaption, readCaptureFacts, readHeader } = await codecs();
      const header = await readHeader(path, await detectFormat(path));
      const capture = await readCaptureFacts(header.exif);
      return { ...header, capture, caption: await readCaption(header.xmp, header.iptc) };
    },

    canDerive({ format, decodeBytes: needed }) {
      return needed <= decodeBytes && (format !== "heic" || heic !== undefined);
    },

    async derive(path, picture, signal) {
      const { decode, shrinkToSrgb } = await codecs();
      const { decodeBytes: needed, format, colourProfile } = picture;
      if (format !== "heic") {
        const work = async () => finish(await decode(path, format, previewPixelsASide));
        return gate.run(work, signal, needed);
      }
      if (heic === undefined)
        throw new TypeError("this process has no decoder for HEIC: ask canDerive first");
      // One child process at a time, and its memory counts with everything else's.
      const work = async () => {
        const decoded = await heic.decode(path);
        const pixels = await shrinkToSrgb(decoded, colourProfile, previewPixelsASide);
        release(decoded);
        return finish({ pixels, warning: null });
      };
      return heicGate.run(() => gate.run(work, signal, needed), signal);
    },
  };
}

/** Loading them takes as long as starting the rest of the service, and nobody waits for a picture before it is ready. */
function codecs() {
  return import("./codecs.ts");
}

async function finish({ pixels, warning }: DecodedPicture): Promise<DerivedPicture> {
  const { derive } = await codecs();
  const derivatives = await derive(pixels);
  release(pixels);
  return { derivatives, warning };
}
