import type { Caption } from "./caption.ts";
import type { DecodedPicture } from "./decode.ts";
import { previewPixelsASide } from "./derivation.ts";
import type { Derivatives } from "./derivatives.ts";
import type { CaptureFacts } from "./exif.ts";
import type { HeicDecoder } from "./heic-decoder.ts";
import type { MemoryShare } from "./memory-share.ts";
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

  /**
   * Whether this process may decode it; else it must be left to one with a decoder for it, or with more memory.
   *
   * @param memory what the file holds, where memory is bounded
   */
  canDerive(picture: Picture, memory?: MemoryShare): boolean;

  /**
   * Decodes the original once and makes its derivatives.
   *
   * @throws UnreadablePictureError, PictureTooSlowError: the file's fault
   * @throws PicturesBusyError: too many at this moment
   */
  derive(path: string, picture: Picture, options?: DeriveOptions): Promise<DerivedPicture>;
}

export interface DeriveOptions {
  /** Gives up waiting for a place when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** What the file holds; what decoding takes is taken from it. @default memory is not bounded */
  readonly memory?: MemoryShare | undefined;
}

export interface PicturesOptions extends WorkGateOptions {
  /** @default none: HEIC is left to others */
  readonly heic?: HeicDecoder;
  /** What decoding one picture may take of memory here. @default what the file was promised */
  readonly decodeBytes?: number;
}

/** Work on pictures, as much at once as there are cores. One for a process. */
export function createPictures(options: PicturesOptions = {}): Pictures {
  const { heic, decodeBytes = Infinity, ...gateOptions } = options;
  const gate = createWorkGate(gateOptions);

  return {
    load: async () => void (await codecs()),

    async inspect(path) {
      const { detectFormat, readCaption, readCaptureFacts, readHeader } = await codecs();
      const header = await readHeader(path, await detectFormat(path));
      const capture = await readCaptureFacts(header.exif);
      return { ...header, capture, caption: await readCaption(header.xmp, header.iptc) };
    },

    canDerive({ format, decodeBytes: needed }, memory) {
      if (needed > Math.min(decodeBytes, memory?.promisedBytes ?? Infinity)) return false;
      return format !== "heic" || heic !== undefined;
    },

    async derive(path, picture, { signal, memory } = {}) {
      const { decode, shrinkToSrgb } = await codecs();
      const { decodeBytes: bytes, format, colourProfile } = picture;
      if (format !== "heic") {
        const work = async () => finish(await decode(path, format, previewPixelsASide));
        return gate.run(work, { signal, memory, bytes });
      }
      if (heic === undefined)
        throw new TypeError("this process has no decoder for HEIC: ask canDerive first");
      // One child process at a time.
      const work = async () => {
        const decoded = await heic.decode(path);
        const pixels = await shrinkToSrgb(decoded, colourProfile, previewPixelsASide);
        release(decoded);
        return finish({ pixels, warning: null });
      };
      return gate.run(work, { signal, memory, bytes, isSingle: true });
    },
  };
}

type Codecs = typeof import("./codecs.ts");

let loading: Promise<Codecs> | undefined;

/** Loading them takes as long as starting the rest of the service, and nobody waits for a picture before it is ready. */
async function codecs(): Promise<Codecs> {
  // Node looks a module up anew with every import.
  loading ??= import("./codecs.ts");
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

async function finish({ pixels, warning }: DecodedPicture): Promise<DerivedPicture> {
  const { derive } = await codecs();
  const derivatives = await derive(pixels);
  release(pixels);
  return { derivatives, warning };
}
