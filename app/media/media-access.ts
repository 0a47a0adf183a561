import { objectPrefixes } from "../runtime-contract.ts";
import { signAddress, signPrefix } from "./edge-signature.ts";
import type { SigningKey } from "./signing-key.ts";

/** One cookie for each folder of a person: the edge reads one prefix per cookie. */
export interface MediaCookie {
  readonly name: "Cloud-CDN-Cookie";
  readonly value: string;
  /** The browser sends it below this path only. */
  readonly path: string;
  readonly maxAgeSeconds: number;
}

/** Lets people's browsers fetch photos from the edge, past this service. */
export interface MediaAccess {
  /** Of the key that signs now. */
  readonly keyName: string;

  /** What admits a person to their own three folders for an hour. */
  cookiesFor(userId: string): readonly MediaCookie[];

  /**
   * A signed address of one object, as a path and query of the public origin. Everyone who asks within half an hour
   * gets the same one, so that browsers find it in their cache; it works for 30 to 60 minutes.
   */
  addressOf(objectName: string): string;
}

export interface MediaAccessOptions {
  readonly key: SigningKey;
  /** Scheme and host that people see, such as `https://photos.example.com`; a port is left out of what is signed. */
  readonly publicOrigin: string;
  /** @default the system's clock, milliseconds */
  readonly now?: () => number;
}

/** How long cookies and addresses admit at most; the edge keeps what it cached under one for as long. */
export const longestSeconds = 3600;

const folders = [objectPrefixes.originals, objectPrefixes.previews, objectPrefixes.thumbnails];

export function createMediaAccess({ key, publicOrigin, now = Date.now }: MediaAccessOptions): MediaAccess {
  const { protocol, hostname } = new URL(publicOrigin);
  const signedOrigin = `${protocol}//${hostname}`;

  return {
    keyName: key.name,

    cookiesFor(userId) {
      const expires = Math.floor(now() / 1000) + longestSeconds;
      return folders.map((folder) => {
        const path = `/${folder}${userId}/`;
        const value = signPrefix(key, `${signedOrigin}${path}`, expires);
        return { name: "Cloud-CDN-Cookie", value, path, maxAgeSeconds: longestSeconds };
      });
    },

    addressOf(objectName) {
      const half = longestSeconds / 2;
      const seconds = now() / 1000;
      const expires = (Math.floor(seconds / half) + 2) * half;
      return signAddress(key, `${signedOrigin}/${objectName}`, expires).slice(signedOrigin.length);
    },
  };
}
