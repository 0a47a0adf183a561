/** The part of libheif-js that is used: https://github.com/catdad-experiments/libheif-js */
declare module "libheif-js/wasm-bundle.js" {
  interface DecodedImage {
    get_width(): number;
    get_height(): number;
    is_primary(): boolean;
    /** Fills `target.data` with RGBA, turned as the file's own boxes say; null where it cannot be decoded. */
    display(
      target: { data: Uint8ClampedArray; width: number; height: number },
      done: (result: { data: Uint8ClampedArray } | null) => void,
    ): void;
  }

  interface LibHeif {
    HeifDecoder: new () => { decode(file: Uint8Array): DecodedImage[] };
  }

  const libheif: LibHeif | (() => Promise<LibHeif> | LibHeif);
  export default libheif;
}
