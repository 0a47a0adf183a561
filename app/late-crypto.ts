import type * as Crypto from "node:crypto";

/**
 * What the app uses of `node:crypto`, loaded with the first use: it is 80 files of Node's own, which an instance does
 * not need to be ready. A test finds who imports it otherwise.
 */
const crypto = (): typeof Crypto => process.getBuiltinModule("node:crypto");

export const createHash: typeof Crypto.createHash = (...given) => crypto().createHash(...given);
export const createHmac: typeof Crypto.createHmac = (...given) => crypto().createHmac(...given);
export const randomUUID: typeof Crypto.randomUUID = (...given) => crypto().randomUUID(...given);
export const randomBytes = (size: number): Buffer => crypto().randomBytes(size);
