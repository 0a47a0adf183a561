import { type Readable, Transform, pipeline } from "node:stream";
import { Crc32c } from "./crc32c.ts";
import { ObjectDamagedError, type StoredObject } from "./object-store.ts";

/** The same bytes; the stream fails at its end when they are not the object's, by checksum. */
export function verifying(source: Readable, object: StoredObject): Readable {
  const checksum = new Crc32c();
  const verifier = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      done(checksum.base64() === object.crc32c ? null : wrongChecksum(object.name));
    },
  });
  // Errors arrive at whoever reads the result; destroying it closes the source.
  return pipeline(source, verifier, () => {});
}

export function wrongChecksum(name: string): ObjectDamagedError {
  return new ObjectDamagedError(name, "has another checksum than when it was stored");
}
