import type { PulledImage } from "./image-pull.ts";

export interface ContainerSpec {
  readonly image: PulledImage;
  /** Instead of the image's entrypoint. */
  readonly command?: readonly string[];
  /** Instead of the image's own arguments. */
  readonly args?: readonly string[];
  /** Declared variables with the values that their secrets have. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the platform itself sets, such as `K_SERVICE`. */
  readonly platformEnvironment: Readonly<Record<string, string>>;
  readonly port: number;
  /** Beyond it the container is killed, as on Cloud Run. */
  readonly memoryBytes: number;
  readonly sandbox: Sandbox;
}

/**
 * - `bubblewrap`: own file system (read-only but /tmp), processes, user and network; Google's hosts lead to the
 *   stand-ins, and nothing else can be reached.
 * - `process`: a plain process of this machine from the unpacked files, on a free port. It can reach the network,
 *   and Google's hosts are Google's.
 */
export type Sandbox =
  | {
      readonly kind: "bubblewrap";
      /** Port inside → socket file outside. */
      readonly egress: Readonly<Record<string, string>>;
      /** Names that lead to `egress`. */
      readonly hosts: readonly string[];
      /** PEM; what the container trusts, and nothing else. */
      readonly trustedCertificate: string;
    }
  | { readonly kind: "process" };
