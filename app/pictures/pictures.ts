import { decode } from "./decode.ts";
import { type Derivatives, derive, previewPixelsASide } from "./derivatives.ts";
import { detectFormat } from "./detect-format.ts";
import { type CaptureFacts, readCaptureFacts } from "./exif.ts";
import type { PictureFormat } from "./picture-format.ts";
import { createWorkGate, type WorkGateOptions } from "./work-gate.ts";

/** What is in a picture's bytes, and what is made of them. */
export interface Picture {
  readonly format: PictureFormat;
  /** Pixels of the original as shown. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation of the original, already applied everywhere here. */
  readonly orientation: number;
  readonly capture: CaptureFacts;
  readonly derivatives: Derivatives;
  /** What the decoder complained of, where it shows the picture nevertheless; null for a sound one. */
  readonly warning: string | null;
}

export interface Pictures {
  /**
   * Reads the file of an uploaded original.
   *
   * @param signal gives up waiting for a place when aborted.
   * @throws UnsupportedPictureError, UnreadablePictureError, TooManyPixelsError, PictureTooSlowError: the file's fault
   * @throws PicturesBusyError: too many at this moment
   */
  read(path: string, signal?: AbortSignal): Promise<Picture>;
}

/** Work on pictures, as much at once as there are cores. One for a process. */
export function createPictures(options: WorkGateOptions = {}): Pictures {
  const gate = createWorkGate(options);
  return {
    async read(path, signal) {
      // Outside the gate: what is refused by its first bytes need not wait.
      const format = await detectFormat(path);
      return gate.run(() => readPicture(path, format), signal);
    },
  };
}

async function readPicture(path: string, format: PictureFormat): Promise<Picture> {
  const decoded = await decode(path, format, previewPixelsASide);
  const [capture, derivatives] = await Promise.all([readCaptureFacts(decoded.exif), derive(decoded.pixels)]);
  return {
    format,
    width: decoded.width,
    height: decoded.height,
    orientation: decoded.orientation,
    capture,
    derivatives,
    warning: decoded.warning,
  };
}
