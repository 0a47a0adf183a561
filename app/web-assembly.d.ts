/** The part that is used of what Node has and its types leave to the browser's: https://webassembly.github.io/spec/js-api */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    readonly [Symbol.toStringTag]: "WebAssembly.Module";
  }

  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, Memory | ((...parameters: number[]) => unknown)>>;
  }

  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
}
